import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";
import { batchNorm, groupNorm, type LayerNormOptions, updateRunning } from "./normalization.js";

interface Running {
  readonly mean: tf.Variable;
  readonly variance: tf.Variable;
}

export interface InstanceNormFunctionOptions extends LayerNormOptions {
  /** Statistics that are updated in place, or used with `useInputStats` false. */
  readonly running?: Running | undefined;
  /** Whether each example is normalized with its own statistics. @default true */
  readonly useInputStats?: boolean | undefined;
  /** Share of the batch in the running statistics. @default 0.1 */
  readonly momentum?: number | undefined;
}

/** Normalizes every channel of every example over its space. x [N, C, ...space]. @throws ShapeError */
export function instanceNorm(
  x: tf.Tensor,
  options: InstanceNormFunctionOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("instanceNorm", { x });
  const known = ["weight", "bias", "eps", "running", "useInputStats", "momentum"];
  checkOptions("instanceNorm", options, known);
  refuseMore("instanceNorm", more);
  const { weight, bias, eps, running, useInputStats = true, momentum = 0.1 } = options;
  const space = tf.util.sizeFromShape(x.shape.slice(2));
  const isTooSmall = useInputStats && space <= 1;
  if (x.rank < 3 || isTooSmall || (!useInputStats && running === undefined))
    throw new ShapeError({
      message: isTooSmall
        ? "instanceNorm: one value per channel has no variance."
        : "instanceNorm: the input has no space, or there are no statistics.",
      expected: "[N, C, ...space] with more than one place in space; running statistics without the input's",
      received: formatShape(x.shape),
      shapes: [x.shape],
    });
  if (!useInputStats && running !== undefined) return batchNorm(x, { weight, bias, eps, running });
  if (running !== undefined) takeStatistics(x, running, momentum);
  return groupNorm(x, x.shape[1] ?? 1, { weight, bias, eps });
}

/** Means over the batch of every example's statistics; its variance is the unbiased one, as in PyTorch. */
function takeStatistics(x: tf.Tensor, running: Running, momentum: number): void {
  noGrad(() =>
    tf.tidy(() => {
      const space = tf.util.sizeFromShape(x.shape.slice(2));
      const rows = tf.reshape(x, [x.shape[0] ?? 0, x.shape[1] ?? 0, space]);
      const { mean, variance } = tf.moments(rows, 2);
      const unbiased = tf.mul(variance, space / (space - 1));
      updateRunning(running, { mean: tf.mean(mean, 0), variance: tf.mean(unbiased, 0), correction: 1 }, momentum);
    }),
  );
}
