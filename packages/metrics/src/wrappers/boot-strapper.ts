import { Metric, MisconfigurationError, RandomStream, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { refusedOption, requireInteger, requireOneOf } from "../base/check-options.js";
import { updateWith } from "../base/update-with.js";
import { whenAll } from "../base/when-all.js";
import { quantilesOf } from "./quantiles.js";
import { stackedValues } from "./stacked-values.js";

export interface BootStrapperOptions {
  /** How many copies of the metric there are, each with samples of its own. @default 10 */
  readonly numBootstraps?: number | undefined;
  /** Whether the mean of their values is given. @default true */
  readonly mean?: boolean | undefined;
  /** Whether their standard deviation is given. @default true */
  readonly std?: boolean | undefined;
  /** Which quantiles of their values are given, from 0 to 1. @default none */
  readonly quantile?: number | readonly number[] | undefined;
  /** Whether all values are given. @default false */
  readonly raw?: boolean | undefined;
  /**
   * How often a row of a batch is in a sample: a number from the Poisson distribution with mean 1, or as many draws
   * with replacement as there are rows. @default "poisson"
   */
  readonly samplingStrategy?: "poisson" | "multinomial" | undefined;
}

/** What `BootStrapper` computes; what was not asked for is not there. */
export interface BootStrapperValue {
  readonly mean?: tf.Tensor;
  readonly std?: tf.Tensor;
  readonly quantile?: tf.Tensor;
  readonly raw?: tf.Tensor;
}

/**
 * How far a metric's value would vary with other data: copies of it see rows of each batch drawn with replacement. The
 * draws come from the random stream "bootstrap", which `seedEverything` starts and checkpoints keep.
 * @example
 * ```ts
 * import { seedEverything, tf } from "@lightning-ts/core";
 * import { BootStrapper, MeanMetric } from "@lightning-ts/metrics";
 *
 * seedEverything(1);
 * const metric = new BootStrapper(new MeanMetric(), { numBootstraps: 20, quantile: [0.05, 0.95] });
 * metric.update(tf.tensor1d([1, 2, 3, 4]));
 * const { mean, std, quantile } = metric.compute();
 * console.log(mean?.dataSync()[0], std?.dataSync()[0], quantile?.dataSync());
 * ```
 */
export class BootStrapper<TMetric extends Metric = Metric> extends Metric {
  override readonly fullStateUpdate: boolean;
  readonly #metrics: readonly TMetric[];
  readonly #options: BootStrapperOptions;

  constructor(metric: TMetric, options: BootStrapperOptions = {}) {
    super(metric, options);
    const known = ["numBootstraps", "mean", "std", "quantile", "raw", "samplingStrategy"] as const;
    rejectUnknownOptions("BootStrapper", options, known);
    const { numBootstraps = 10, samplingStrategy = "poisson", quantile = [] } = options;
    requireInteger("BootStrapper", "numBootstraps", numBootstraps, 1);
    requireOneOf("BootStrapper", "samplingStrategy", samplingStrategy, ["poisson", "multinomial"]);
    for (const q of [quantile].flat())
      if (!(q >= 0 && q <= 1)) throw refusedOption("BootStrapper", "quantile", q, "numbers from 0 to 1");
    this.#options = options;
    this.#metrics = Array.from({ length: numBootstraps }, (_, i) => this.addMetric(String(i), metric.clone()));
    for (const one of this.#metrics) one.reset();
    this.fullStateUpdate = metric.fullStateUpdate;
  }

  override update(...inputs: Parameters<TMetric["update"]>): unknown;
  override update(...inputs: readonly unknown[]): unknown {
    const rows = rowsIn(inputs);
    const calls = this.#metrics.map((metric) => {
      const drawn = drawnRows(rows, this.#options.samplingStrategy ?? "poisson");
      if (drawn.length === 0) return undefined;
      const indices = tf.tensor1d(drawn, "int32");
      const sampled = inputs.map((input) => rowsOfInput(input, drawn, indices));
      return updateWith(metric, sampled);
    });
    return whenAll(calls, () => undefined);
  }

  override compute(): ReturnType<TMetric["compute"]> extends PromiseLike<unknown>
    ? Promise<BootStrapperValue>
    : BootStrapperValue;
  override compute(): unknown {
    return whenAll(
      this.#metrics.map((metric) => metric.compute()),
      (values) => this.#described(tf.cast(stackedValues("BootStrapper", values), "float32")),
    );
  }

  /** @param values [copies, ...] */
  #described(values: tf.Tensor): BootStrapperValue {
    const { mean = true, std = true, raw = false, quantile } = this.#options;
    const average = tf.mean(values, 0);
    const spread = () => tf.sqrt(tf.div(tf.sum(tf.squaredDifference(values, average), 0), (values.shape[0] ?? 0) - 1));
    return {
      ...(mean && { mean: average }),
      ...(std && { std: spread() }),
      ...(quantile !== undefined && { quantile: quantilesOf(values, quantile) }),
      ...(raw && { raw: values }),
    };
  }
}

function rowsIn(inputs: readonly unknown[]): number {
  for (const input of inputs) {
    if (input instanceof tf.Tensor && input.rank > 0) return input.shape[0] ?? 0;
    if (Array.isArray(input)) return input.length;
  }
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: "BootStrapper draws rows, and finds none in these inputs.",
    expected: "tensors with a first dimension for rows, or lists",
    received: inputs.map((input) => (input instanceof tf.Tensor ? "a scalar" : typeof input)).join(", ") || "nothing",
  });
}

function rowsOfInput(input: unknown, drawn: readonly number[], indices: tf.Tensor1D): unknown {
  if (input instanceof tf.Tensor) return input.rank === 0 ? input : tf.gather(input, indices);
  return Array.isArray(input) ? drawn.map((row): unknown => input[row]) : input;
}

/** Numbers of rows, in which a row may be several times or not at all. */
function drawnRows(rows: number, strategy: "poisson" | "multinomial"): number[] {
  const stream = RandomStream.named("bootstrap");
  if (strategy === "multinomial") return Array.from({ length: rows }, () => stream.integer(rows));
  return Array.from({ length: rows }, (_, row) => row).flatMap((row) =>
    Array.from({ length: poissonOfMeanOne(stream) }, () => row),
  );
}

/** How many uniform numbers it takes until their product is below 1 / e, without the last. */
function poissonOfMeanOne(stream: RandomStream): number {
  let count = 0;
  for (let product = stream.uniform(); product > Math.exp(-1); product *= stream.uniform()) count += 1;
  return count;
}
