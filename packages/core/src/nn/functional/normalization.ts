import { isVariable } from "../../autograd/backward-walk.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { batchNorm as batchNormKernel, batchNormInference } from "../../kernels/batch-norm.js";
import { layerNorm as layerNormKernel } from "../../kernels/layer-norm.js";
import { runFused, runFusedSingle } from "../../kernels/run-fused.js";
import { runningStatistics } from "../../kernels/running-statistics.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";

export interface LayerNormOptions {
  readonly weight?: tf.Tensor | undefined;
  readonly bias?: tf.Tensor | undefined;
  /** @default 1e-5 */
  readonly eps?: number | undefined;
}

/** Normalizes over the last dimensions, which must be `normalizedShape`. @throws ShapeError */
export function layerNorm(
  x: tf.Tensor,
  normalizedShape: readonly number[],
  options: LayerNormOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("layerNorm", { x });
  checkOptions("layerNorm", options, ["weight", "bias", "eps"]);
  refuseMore("layerNorm", more);
  const dims = normalizedShape.length;
  if (!tf.util.arraysEqual(x.shape.slice(x.rank - dims), [...normalizedShape])) {
    throw new ShapeError({
      message: "layerNorm: the input does not end with the normalized shape.",
      expected: `[..., ${normalizedShape.join(", ")}]`,
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  }
  checkFloats("layerNorm", { input: x, weight: options.weight, bias: options.bias });
  return runFusedSingle(layerNormKernel, { x, ...present(options) }, { dims, eps: options.eps ?? 1e-5 });
}

/**
 * Normalizes each of `numGroups` groups of channels of every example. x [N, C, ...], weight and bias [C]. @throws
 * ShapeError
 */
export function groupNorm(
  x: tf.Tensor,
  numGroups: number,
  options: LayerNormOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("groupNorm", { x });
  checkOptions("groupNorm", options, ["weight", "bias", "eps"]);
  refuseMore("groupNorm", more);
  const [batch = 0, channels = 0] = x.shape;
  if (x.rank < 2 || channels % numGroups !== 0) {
    throw new ShapeError({
      message: "groupNorm: the channels cannot be split into these groups.",
      expected: `[batch, channels, ...] with channels divisible by ${numGroups}`,
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  }
  checkFloats("groupNorm", { input: x, weight: options.weight, bias: options.bias });
  checkChannels("groupNorm", x, options);
  const groups = tf.reshape(x, [batch, numGroups, x.size / Math.max(1, batch * numGroups)]);
  const normalized = tf.reshape(
    runFusedSingle(layerNormKernel, { x: groups }, { dims: 1, eps: options.eps ?? 1e-5 }),
    x.shape,
  );
  const perChannel = (tensor: tf.Tensor): tf.Tensor => tf.reshape(tensor, [channels, ...x.shape.slice(2).map(() => 1)]);
  const scaled = options.weight === undefined ? normalized : tf.mul(normalized, perChannel(options.weight));
  return options.bias === undefined ? scaled : tf.add(scaled, perChannel(options.bias));
}

export interface BatchNormOptions extends LayerNormOptions {
  /** Statistics that evaluation uses and training updates in place. */
  readonly running?: { readonly mean: tf.Variable; readonly variance: tf.Variable } | undefined;
  /** Normalize with the batch's own statistics and update the running ones. @default false */
  readonly training?: boolean | undefined;
  /** Share of the batch in the running statistics. @default 0.1 */
  readonly momentum?: number | undefined;
}

/**
 * Normalizes every channel over batch and space. x [N, C, ...].
 * As in PyTorch, the batch is normalized with the biased variance and the running variance takes the unbiased one.
 * @throws ShapeError
 */
export function batchNorm(x: tf.Tensor, options: BatchNormOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("batchNorm", { x });
  checkOptions("batchNorm", options, ["weight", "bias", "eps", "running", "training", "momentum"]);
  refuseMore("batchNorm", more);
  if (x.rank < 2)
    throw new ShapeError({
      message: "batchNorm: the input has no channels.",
      expected: "[batch, channels, ...]",
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  checkFloats("batchNorm", { input: x, weight: options.weight, bias: options.bias });
  checkChannels("batchNorm", x, options);
  const eps = options.eps ?? 1e-5;
  const { running } = options;
  if (running !== undefined && options.training !== true) {
    return runFusedSingle(
      batchNormInference,
      { x, ...present(options), mean: running.mean, variance: running.variance },
      { eps },
    );
  }
  const count = x.size / (x.shape[1] ?? 1);
  if (count === 1)
    throw new ShapeError({
      message: "batchNorm: one value per channel has no variance.",
      expected: "more than one value per channel in training",
      received: formatShape(x.shape),
      shapes: [x.shape],
      tryThis: "use a larger batch (dropLast: true drops a last batch of one), or eval().",
    });
  const [y, mean, variance] = runFused(batchNormKernel, { x, ...present(options) }, { eps });
  if (y === undefined || mean === undefined || variance === undefined)
    throw new RangeError("lit.BatchNorm returned fewer than three outputs");
  if (running !== undefined)
    updateRunning(running, { mean, variance, correction: count / (count - 1) }, options.momentum ?? 0.1);
  return y;
}

/** A batch's statistics. The variance times `correction` is the unbiased one. */
interface BatchStatistics {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
  readonly correction: number;
}

/** Takes the batch's statistics into the running ones. */
export function updateRunning(
  running: { readonly mean: tf.Variable; readonly variance: tf.Variable },
  batch: BatchStatistics,
  momentum: number,
): void {
  if (!isVariable(running.mean) || !isVariable(running.variance))
    throw new MisconfigurationError({
      message: "The running statistics of a normalization are to change, and a tensor cannot.",
      expected: "buffers, such as those of the module",
      received: "tensors",
      tryThis: "leave them out of what functionalCall replaces, or call eval() first.",
    });
  const { correction, ...statistics } = batch;
  const old = { runningMean: running.mean, runningVariance: running.variance };
  noGrad(() =>
    tf.tidy(() => {
      const [mean, variance] = runFused(runningStatistics, { ...old, ...statistics }, { momentum, correction });
      if (mean === undefined || variance === undefined)
        throw new RangeError("lit.RunningStatistics returned fewer than two outputs");
      running.mean.assign(mean);
      running.variance.assign(variance);
    }),
  );
}

/** One weight and one bias for each channel. */
function checkChannels(operation: string, x: tf.Tensor, { weight, bias }: LayerNormOptions): void {
  const wrong = [weight, bias].find((tensor) => tensor !== undefined && tensor.size !== x.shape[1]);
  if (wrong === undefined) return;
  throw new ShapeError({
    message: `${operation}: weight and bias do not fit the channels.`,
    expected: `input [batch, ${wrong.size} channels, ...]`,
    received: formatShape(x.shape),
    shapes: [x.shape],
  });
}

function present({ weight, bias }: LayerNormOptions): { weight?: tf.Tensor; bias?: tf.Tensor } {
  return { ...(weight === undefined ? {} : { weight }), ...(bias === undefined ? {} : { bias }) };
}
