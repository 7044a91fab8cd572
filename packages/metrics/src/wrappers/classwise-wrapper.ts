import { classNameOf, Metric, MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { asTensor } from "../base/as-tensor.js";
import { updateWith } from "../base/update-with.js";
import { whenAll } from "../base/when-all.js";

export interface ClasswiseWrapperOptions {
  /** Names of the classes. @default their numbers */
  readonly labels?: readonly string[] | undefined;
  /** What names begin with. @default the metric's class in lower case and `_`, if there is no postfix either */
  readonly prefix?: string | undefined;
  /** What names end with. @default "" */
  readonly postfix?: string | undefined;
}

/**
 * The values of a metric with a value for each class, by names. It works on a copy of the metric.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { ClasswiseWrapper, MulticlassRecall } from "@lightning-ts/metrics";
 *
 * const recall = new MulticlassRecall({ numClasses: 2, average: "none" });
 * const metric = new ClasswiseWrapper(recall, { labels: ["cat", "dog"], prefix: "recall_" });
 * metric.update(tf.tensor1d([0, 1, 1], "int32"), tf.tensor1d([0, 0, 1], "int32"));
 * console.log(metric.compute()["recall_cat"]?.dataSync()[0]); // 0.5
 * ```
 */
export class ClasswiseWrapper<TMetric extends Metric = Metric> extends Metric {
  override readonly fullStateUpdate: boolean;
  override readonly higherIsBetter: boolean | undefined;
  readonly #metric: TMetric;
  readonly #labels: readonly string[] | undefined;
  readonly #prefix: string;
  readonly #postfix: string;

  constructor(metric: TMetric, options: ClasswiseWrapperOptions = {}) {
    super(metric, options);
    rejectUnknownOptions("ClasswiseWrapper", options, ["labels", "prefix", "postfix"]);
    this.#metric = this.addMetric("metric", metric.clone());
    this.#metric.reset();
    this.fullStateUpdate = metric.fullStateUpdate;
    this.higherIsBetter = metric.higherIsBetter;
    const { labels, prefix = "", postfix = "" } = options;
    this.#labels = labels;
    this.#prefix = prefix === "" && postfix === "" ? `${classNameOf(metric).toLowerCase()}_` : prefix;
    this.#postfix = postfix;
  }

  override update(...inputs: Parameters<TMetric["update"]>): unknown {
    return updateWith(this.#metric, inputs);
  }

  override compute(): ReturnType<TMetric["compute"]> extends PromiseLike<unknown>
    ? Promise<Record<string, tf.Tensor>>
    : Record<string, tf.Tensor>;
  override compute(): unknown {
    return whenAll([this.#metric.compute()], ([value]) => this.#named(asTensor("ClasswiseWrapper", value)));
  }

  #named(value: tf.Tensor): Record<string, tf.Tensor> {
    const labels = this.#labels ?? Array.from({ length: value.shape[0] ?? 0 }, (_, i) => String(i));
    if (value.rank === 0 || value.shape[0] !== labels.length)
      throw new MisconfigurationError({
        message: "ClasswiseWrapper has not one value for each class.",
        expected:
          this.#labels === undefined ? "a metric with a value for each class" : `${labels.length} values, as labels`,
        received: `shape [${value.shape.join(", ")}]`,
        tryThis: 'average: "none" in the options of the metric.',
      });
    const names = labels.map((label) => `${this.#prefix}${label}${this.#postfix}`);
    const parts = tf.unstack(value);
    return Object.fromEntries(names.flatMap((name, i) => (parts[i] === undefined ? [] : [[name, parts[i]]])));
  }
}
