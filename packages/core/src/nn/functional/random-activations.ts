import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { randomUniform } from "../../kernels/dropout.js";
import { oneHotRows } from "../../kernels/one-hot-rows.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { detach } from "../../tensor/detach.js";
import { tf } from "../../tensor/tf.js";
import { softmax } from "./activations.js";
import { checkFloats } from "./check-dtype.js";
import { nextSeed } from "./next-seed.js";

export interface RreluOptions {
  /** The least slope. @default 1 / 8 */
  readonly lower?: number | undefined;
  /** The largest slope. @default 1 / 3 */
  readonly upper?: number | undefined;
  /** Whether slopes are drawn (from the random stream "dropout"); else all are the mean. @default false */
  readonly training?: boolean | undefined;
}

/** x where x > 0, else x times a slope that is drawn for each element. */
export function rrelu(x: tf.Tensor, options: RreluOptions = {}, ...more: readonly never[]): tf.Tensor {
  requireTensors("rrelu", { x });
  checkOptions("rrelu", options, ["lower", "upper", "training"]);
  refuseMore("rrelu", more);
  checkFloats("rrelu", { x });
  const { lower = 1 / 8, upper = 1 / 3, training = false } = options;
  if (!(lower <= upper))
    throw new MisconfigurationError({
      message: "rrelu: the slopes have no range.",
      expected: "lower of at most upper",
      received: `${lower} and ${upper}`,
    });
  if (!training) return tf.leakyRelu(x, (lower + upper) / 2);
  const slopes = tf.add(tf.mul(uniform(x.shape), upper - lower), lower);
  return tf.where(tf.greater(x, 0), x, tf.mul(x, slopes));
}

export interface GumbelSoftmaxOptions {
  /** The smaller, the nearer to one class. @default 1 */
  readonly tau?: number | undefined;
  /** Whether the result is one class, with the gradient of the soft one. @default false */
  readonly hard?: boolean | undefined;
  /** @default -1 */
  readonly dim?: number | undefined;
}

/** Draws classes from logits so that gradients flow to them; from the random stream "dropout". */
export function gumbelSoftmax(
  logits: tf.Tensor,
  options: GumbelSoftmaxOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("gumbelSoftmax", { logits });
  checkOptions("gumbelSoftmax", options, ["tau", "hard", "dim"]);
  refuseMore("gumbelSoftmax", more);
  checkFloats("gumbelSoftmax", { logits });
  const { tau = 1, hard = false, dim = -1 } = options;
  const noise = tf.neg(tf.log(tf.neg(tf.log(uniform(logits.shape)))));
  const soft = softmax(tf.div(tf.add(logits, noise), tau), dim);
  if (!hard) return soft;
  const axis = dim < 0 ? logits.rank + dim : dim;
  const rows = oneHotRows(tf.argMax(soft, axis), logits.shape[axis] ?? 1);
  const order = logits.shape.map((_, i) => (i < axis ? i : i === axis ? logits.rank - 1 : i - 1));
  return tf.add(detach(tf.sub(tf.transpose(rows, order), soft)), soft);
}

/** Numbers of 0 … 1, without 1. */
function uniform(shape: readonly number[], ...more: readonly never[]): tf.Tensor {
  refuseMore("uniform", more);
  return runFusedSingle(randomUniform, { seed: tf.tensor1d(nextSeed("dropout"), "int32") }, { shape: [...shape] });
}
