import { Metric, MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { requireInteger } from "../base/check-options.js";
import { updateWith } from "../base/update-with.js";
import { whenAll } from "../base/when-all.js";
import { stackedValues } from "./stacked-values.js";

export interface MultioutputWrapperOptions {
  readonly numOutputs: number;
  /** The dimension of the outputs in all inputs. @default -1, the last */
  readonly outputDim?: number | undefined;
  /**
   * Whether rows with a NaN in any input of an output are left out for this output. What is left has another shape, so
   * that updates read their inputs. @default true
   */
  readonly removeNans?: boolean | undefined;
  /** Whether inputs lose the dimension of the outputs. @default true */
  readonly squeezeOutputs?: boolean | undefined;
}

/**
 * A metric of each output alone, with copies of the metric; inputs have a dimension for the outputs.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MeanAbsoluteError, MultioutputWrapper } from "@lightning-ts/metrics";
 *
 * const error = new MultioutputWrapper(new MeanAbsoluteError(), { numOutputs: 2 });
 * error.update(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[1, 4], [3, 8]])); // [rows, outputs]
 * console.log(error.compute().dataSync()); // 0 and 3
 * ```
 */
export class MultioutputWrapper<TMetric extends Metric = Metric> extends Metric {
  override readonly fullStateUpdate: boolean;
  readonly #metrics: readonly TMetric[];
  readonly #options: {
    readonly numOutputs: number;
    readonly outputDim: number;
    readonly removeNans: boolean;
    readonly squeezeOutputs: boolean;
  };

  constructor(metric: TMetric, options: MultioutputWrapperOptions) {
    super(metric, options);
    rejectUnknownOptions("MultioutputWrapper", options, ["numOutputs", "outputDim", "removeNans", "squeezeOutputs"]);
    const { numOutputs, outputDim = -1, removeNans = true, squeezeOutputs = true } = options;
    requireInteger("MultioutputWrapper", "numOutputs", numOutputs, 1);
    this.#options = { numOutputs, outputDim, removeNans, squeezeOutputs };
    this.#metrics = Array.from({ length: numOutputs }, (_, i) => this.addMetric(String(i), metric.clone()));
    for (const one of this.#metrics) one.reset();
    this.fullStateUpdate = metric.fullStateUpdate;
  }

  override update(...inputs: Parameters<TMetric["update"]>): unknown;
  override update(...inputs: readonly unknown[]): unknown {
    const calls = this.#metrics.map((metric, i) => updateWith(metric, this.#inputsOf(inputs, i)));
    return whenAll(calls, () => undefined);
  }

  override compute(): ReturnType<TMetric["compute"]> extends PromiseLike<unknown> ? Promise<tf.Tensor> : tf.Tensor;
  override compute(): unknown {
    return whenAll(
      this.#metrics.map((metric) => metric.compute()),
      (values) => stackedValues("MultioutputWrapper", values),
    );
  }

  /** The inputs of one output; what is no tensor is every output's. */
  #inputsOf(inputs: readonly unknown[], output: number): readonly unknown[] {
    const { removeNans, squeezeOutputs } = this.#options;
    const parts = inputs.map((input) => (input instanceof tf.Tensor ? this.#sliceOf(input, output) : input));
    const kept = removeNans ? rowsWithoutNan(parts) : parts;
    if (!squeezeOutputs) return kept;
    return kept.map((part) => (part instanceof tf.Tensor ? tf.squeeze(part, [this.#axisOf(part)]) : part));
  }

  #sliceOf(input: tf.Tensor, output: number): tf.Tensor {
    const axis = this.#axisOf(input);
    const begin = input.shape.map((_, i) => (i === axis ? output : 0));
    return tf.slice(
      input,
      begin,
      input.shape.map((length, i) => (i === axis ? 1 : length)),
    );
  }

  #axisOf({ rank, shape }: tf.Tensor): number {
    const { numOutputs, outputDim } = this.#options;
    const axis = outputDim < 0 ? outputDim + rank : outputDim;
    const length = shape[axis];
    if (length === numOutputs || length === 1) return axis;
    throw new MisconfigurationError({
      code: "LIT_METRIC_INPUT",
      message: "MultioutputWrapper does not find its outputs in this input.",
      expected: `${numOutputs} outputs in dimension ${outputDim}`,
      received: `shape [${shape.join(", ")}]`,
    });
  }
}

function rowsWithoutNan(parts: readonly unknown[]): readonly unknown[] {
  const tensors = parts.filter((part) => part instanceof tf.Tensor);
  const rows = tensors[0]?.shape[0] ?? 0;
  const isKept = Array.from({ length: rows }, () => true);
  for (const tensor of tensors.filter(({ dtype }) => dtype === "float32")) {
    const perRow = tensor.size / rows;
    tensor.dataSync().forEach((value, i) => {
      if (Number.isNaN(value)) isKept[Math.floor(i / perRow)] = false;
    });
  }
  if (isKept.every(Boolean)) return parts;
  const indices = tf.tensor1d(
    isKept.flatMap((kept, i) => (kept ? [i] : [])),
    "int32",
  );
  return parts.map((part) => (part instanceof tf.Tensor ? tf.gather(part, indices) : part));
}
