import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { ctcLoss as ctcLossKernel } from "../../kernels/ctc-loss.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { checkFloats } from "./check-dtype.js";
import { reduce, type Reduction } from "./losses.js";

/** One length for each example: numbers, or an int32 tensor [N]. */
export type CtcLengths = tf.Tensor | ArrayLike<number> | number;

export interface CtcLossOptions {
  /** The class that stands for nothing. @default 0 */
  readonly blank?: number | undefined;
  /** "mean" divides each loss by the length of its target first. @default "mean" */
  readonly reduction?: Reduction | undefined;
  /** Whether targets that are too long for their inputs count 0, and not infinity. @default false */
  readonly zeroInfinity?: boolean | undefined;
}

/** The options of `ctcLoss`. */
export const CTC_OPTIONS = ["blank", "reduction", "zeroInfinity"];

/**
 * The connectionist temporal classification loss: how unlikely the targets are, whatever their alignment.
 * @param logProbs logarithms of probabilities [T, N, C], or [T, C] of one example
 * @param targets classes int32 [N, S], or all behind each other [sum of the lengths]
 * @param inputLengths how many of the T steps count
 * @param targetLengths how many classes each target has; read at once where the targets are behind each other
 * @throws ShapeError
 */
export function ctcLoss(
  logProbs: tf.Tensor,
  targets: tf.Tensor,
  inputLengths: CtcLengths,
  targetLengths: CtcLengths,
  options: CtcLossOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("ctcLoss", { logProbs, targets });
  checkOptions("ctcLoss", options, CTC_OPTIONS);
  refuseMore("ctcLoss", more);
  checkFloats("ctcLoss", { logProbs });
  const isSingle = logProbs.rank === 2;
  const batched = isSingle ? tf.expandDims(logProbs, 1) : logProbs;
  const [, batch = 0, classes = 0] = batched.shape;
  const { blank = 0, reduction = "mean", zeroInfinity = false } = options;
  if (batched.rank !== 3 || targets.dtype !== "int32" || !(blank >= 0 && blank < classes))
    throw misfit(logProbs, targets, blank);
  const [inputs, lengths] = [lengthsOf(inputLengths, batch), lengthsOf(targetLengths, batch)];
  const rows = targets.rank === 2 ? targets : rowsOf(targets, targetLengths, batch);
  if (rows.shape[0] !== batch) throw misfit(logProbs, targets, blank);
  const labels = withBlanks(rows, blank, classes);
  const losses = runFusedSingle(
    ctcLossKernel,
    { logProbs: batched, labels, inputLengths: inputs, targetLengths: lengths },
    { zeroInfinity },
  );
  if (reduction !== "mean")
    return reduce(isSingle && reduction === "none" ? tf.reshape(losses, []) : losses, reduction);
  return tf.mean(tf.div(losses, tf.maximum(tf.cast(lengths, "float32"), 1)));
}

function lengthsOf(lengths: CtcLengths, batch: number): tf.Tensor {
  const tensor =
    lengths instanceof tf.Tensor
      ? tf.cast(lengths, "int32")
      : tf.tensor1d(typeof lengths === "number" ? [lengths] : Int32Array.from(lengths), "int32");
  if (tensor.size === batch) return tf.reshape(tensor, [batch]);
  throw new ShapeError({
    message: "ctcLoss: there is one length for each example.",
    expected: `${batch} lengths`,
    received: `${tensor.size}`,
    shapes: [tensor.shape],
  });
}

/** Targets behind each other as rows, of the longest one's length. */
function rowsOf(targets: tf.Tensor, lengths: CtcLengths, batch: number): tf.Tensor {
  const all = lengths instanceof tf.Tensor ? lengths.dataSync() : typeof lengths === "number" ? [lengths] : lengths;
  const longest = Math.max(1, ...Array.from(all));
  let begin = 0;
  const indices = Array.from({ length: batch }, (_, n) => {
    const from = begin;
    begin += all[n] ?? 0;
    return Array.from({ length: longest }, (_place, i) => Math.min(from + i, Math.max(0, targets.size - 1)));
  });
  if (begin !== targets.size)
    throw new ShapeError({
      message: "ctcLoss: the targets' lengths do not add up.",
      expected: `targets int32 [${begin}], or [${batch}, longest]`,
      received: formatShape(targets.shape),
      shapes: [targets.shape],
    });
  const flat = targets.size === 0 ? tf.zeros([1], "int32") : targets;
  return tf.gather(flat, tf.tensor2d(indices, [batch, longest], "int32"));
}

/** blank, class, blank, class, …, blank: [N, S] -> [N, 2 · S + 1]. */
function withBlanks(targets: tf.Tensor, blank: number, classes: number): tf.Tensor {
  const [batch = 0, length = 0] = targets.shape;
  const some = length === 0 ? tf.fill([batch, 1], blank, "int32") : targets;
  const labels = tf.minimum(tf.maximum(some, tf.scalar(0, "int32")), tf.scalar(classes - 1, "int32"));
  const blanks = tf.fill(labels.shape, blank, "int32");
  const pairs = tf.reshape(tf.stack([blanks, labels], 2), [batch, 2 * Math.max(1, length)]);
  return tf.concat([pairs, tf.fill([batch, 1], blank, "int32")], 1);
}

function misfit(logProbs: tf.Tensor, targets: tf.Tensor, blank: number): ShapeError {
  return new ShapeError({
    message: "ctcLoss: the targets do not fit the log-probabilities, or there is no such blank.",
    expected: "logProbs [T, N, C] or [T, C], targets int32 [N, S] or [sum of lengths], a blank below C",
    received: `${formatShape(logProbs.shape)}, ${targets.dtype} ${formatShape(targets.shape)}, blank ${blank}`,
    shapes: [logProbs.shape, targets.shape],
  });
}
