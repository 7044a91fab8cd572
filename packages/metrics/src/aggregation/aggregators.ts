import { tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { Aggregator } from "./aggregator.js";

/**
 * The sum of all values.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { SumMetric } from "@lightning-ts/metrics";
 *
 * const sum = new SumMetric();
 * sum.update(1);
 * sum.update(tf.tensor1d([2, 3]));
 * console.log(sum.compute().dataSync()[0]); // 6
 * ```
 */
export class SumMetric extends Aggregator {
  readonly #sum = this.addState("sumValue", { reduce: "sum" });

  override update(value: tf.Tensor | number): void {
    const { values } = this.cleaned(value);
    addTo(this.#sum, tf.sum(values));
  }
  override compute(): tf.Tensor {
    return this.#sum;
  }
}

/**
 * The mean of all values, each with a weight.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MeanMetric } from "@lightning-ts/metrics";
 *
 * const mean = new MeanMetric();
 * mean.update(tf.tensor1d([1, 2]));
 * mean.update(6, 2);
 * console.log(mean.compute().dataSync()[0]); // 15 / 4
 * ```
 */
export class MeanMetric extends Aggregator {
  readonly #sum = this.addState("meanValue", { reduce: "sum" });
  readonly #weight = this.addState("weight", { reduce: "sum" });

  /** @param weight of all values, or one for each @default 1 */
  override update(value: tf.Tensor | number, weight: tf.Tensor | number = 1): void {
    const { values, weights } = this.cleaned(value, weight);
    addTo(this.#sum, tf.sum(tf.mul(values, weights)));
    addTo(this.#weight, tf.sum(weights));
  }
  override compute(): tf.Tensor {
    return tf.div(this.#sum, this.#weight);
  }
}

/**
 * The largest value.
 * @example
 * ```ts
 * import { MaxMetric } from "@lightning-ts/metrics";
 *
 * const most = new MaxMetric();
 * most.update(1);
 * most.update(3);
 * console.log(most.compute().dataSync()[0]); // 3
 * ```
 */
export class MaxMetric extends Aggregator {
  readonly #max = this.addState("maxValue", { reduce: "max", initial: Number.NEGATIVE_INFINITY });

  override update(value: tf.Tensor | number): void {
    const { values } = this.cleaned(value, 1, Number.NEGATIVE_INFINITY);
    if (values.size > 0) this.#max.assign(tf.maximum(this.#max, tf.max(values)));
  }
  override compute(): tf.Tensor {
    return this.#max;
  }
}

/**
 * The smallest value.
 * @example
 * ```ts
 * import { MinMetric } from "@lightning-ts/metrics";
 *
 * const least = new MinMetric();
 * least.update(1);
 * least.update(3);
 * console.log(least.compute().dataSync()[0]); // 1
 * ```
 */
export class MinMetric extends Aggregator {
  readonly #min = this.addState("minValue", { reduce: "min", initial: Number.POSITIVE_INFINITY });

  override update(value: tf.Tensor | number): void {
    const { values } = this.cleaned(value, 1, Number.POSITIVE_INFINITY);
    if (values.size > 0) this.#min.assign(tf.minimum(this.#min, tf.min(values)));
  }
  override compute(): tf.Tensor {
    return this.#min;
  }
}

/**
 * All values one after another; a single one is a scalar. `compute` reads them where NaN is left out.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { CatMetric } from "@lightning-ts/metrics";
 *
 * const all = new CatMetric();
 * all.update(1);
 * all.update(tf.tensor1d([2, 3]));
 * console.log(all.compute().arraySync()); // [1, 2, 3]
 * ```
 */
export class CatMetric extends Aggregator {
  readonly #values = this.addListState("value");
  readonly #weights = this.addListState("counts");

  override update(value: tf.Tensor | number): void {
    const { values, weights } = this.cleaned(value);
    this.#values.push(values);
    if (this.#leavesOut) this.#weights.push(weights);
  }
  override compute(): tf.Tensor {
    const values = this.#values.concat() ?? tf.zeros([0]);
    const weights = this.#weights.concat()?.dataSync();
    if (weights === undefined || !weights.includes(0)) return values.size === 1 ? tf.reshape(values, []) : values;
    const kept = [...weights.keys()].filter((i) => weights[i] !== 0);
    return tf.gather(tf.reshape(values, [-1]), tf.tensor1d(kept, "int32"));
  }
  get #leavesOut(): boolean {
    return ["error", "warn", "ignore"].includes(String(this.nanStrategy));
  }
}
