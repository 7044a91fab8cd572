import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { crossEntropy as crossEntropyKernel } from "../../kernels/cross-entropy.js";
import { oneHotRows } from "../../kernels/one-hot-rows.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { logSoftmax } from "./activations.js";
import { checkFloats } from "./check-dtype.js";
import { reduce, type LossOptions, type Reduction } from "./losses.js";
import { checkClasses } from "./check-classes.js";

export interface NllLossOptions extends LossOptions {
  /** One weight per class. */
  readonly weight?: tf.Tensor | undefined;
  /** Targets with this number count for nothing. @default -100 */
  readonly ignoreIndex?: number | undefined;
}

export interface CrossEntropyOptions extends NllLossOptions {
  /** 0 … 1. @default 0 */
  readonly labelSmoothing?: number | undefined;
}

/**
 * Cross-entropy between logits and targets.
 * @param logits [N, C], [C] or [N, C, d1, ...]
 * @param target class numbers (int32) of shape [N], [] or [N, d1, ...], or probabilities (float32) of the logits' shape
 * @throws ShapeError
 */
export function crossEntropy(
  logits: tf.Tensor,
  target: tf.Tensor,
  options: CrossEntropyOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("crossEntropy", { logits, target });
  checkOptions("crossEntropy", options, ["reduction", "weight", "ignoreIndex", "labelSmoothing"]);
  refuseMore("crossEntropy", more);
  const { reduction = "mean", ignoreIndex = -100, labelSmoothing = 0, weight } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1))
    throw new MisconfigurationError({
      message: "crossEntropy's labelSmoothing is not usable.",
      expected: "a number from 0 to 1",
      received: String(labelSmoothing),
    });
  checkFloats("crossEntropy", { logits });
  if (target.dtype === "float32" && tf.util.arraysEqual(target.shape, logits.shape))
    return softTargets(logits, target, options);
  checkTargets("crossEntropy", logits, target);
  checkClasses("crossEntropy", target, classesOf(logits), ignoreIndex);
  const rows = toRows(logits);
  const flatTarget = target.rank === 1 ? target : tf.reshape(target, [-1]);
  const loss =
    weight === undefined
      ? runFusedSingle(
          crossEntropyKernel,
          { logits: rows, target: flatTarget },
          { reduction, ignoreIndex, labelSmoothing },
        )
      : weighted(logSoftmax(rows), flatTarget, { reduction, ignoreIndex, labelSmoothing, weight });
  return reduction === "none" && target.rank !== 1 ? tf.reshape(loss, target.shape) : loss;
}

/** Negative log-likelihood of log-probabilities [N, C] (or [N, C, d1, ...]). @throws ShapeError */
export function nllLoss(
  logProbs: tf.Tensor,
  target: tf.Tensor,
  options: NllLossOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("nllLoss", { logProbs, target });
  checkOptions("nllLoss", options, ["reduction", "weight", "ignoreIndex"]);
  refuseMore("nllLoss", more);
  const { reduction = "mean", ignoreIndex = -100, weight } = options;
  checkFloats("nllLoss", { logProbs });
  checkTargets("nllLoss", logProbs, target);
  checkClasses("nllLoss", target, classesOf(logProbs), ignoreIndex);
  const loss = weighted(toRows(logProbs), tf.reshape(target, [-1]), {
    reduction,
    ignoreIndex,
    labelSmoothing: 0,
    weight,
  });
  return reduction === "none" ? tf.reshape(loss, target.shape) : loss;
}

interface WeightedOptions {
  readonly reduction: Reduction;
  readonly ignoreIndex: number;
  readonly labelSmoothing: number;
  readonly weight: tf.Tensor | undefined;
}

function weighted(
  logProbs: tf.Tensor,
  target: tf.Tensor,
  { reduction, ignoreIndex, labelSmoothing, weight }: WeightedOptions,
): tf.Tensor {
  const classes = logProbs.shape[1] ?? 1;
  const isCounted = tf.notEqual(target, tf.scalar(ignoreIndex, "int32"));
  const counted = tf.cast(isCounted, "float32");
  const oneHot = tf.mul(oneHotRows(tf.mul(target, tf.cast(isCounted, "int32")), classes), tf.expandDims(counted, 1));
  const weightedHot = weight === undefined ? oneHot : tf.mul(oneHot, weight);
  const hard = tf.neg(
    tf.sum(tf.mul(tf.where(tf.equal(weightedHot, 0), tf.zerosLike(logProbs), logProbs), weightedHot), 1),
  );
  const smooth =
    labelSmoothing === 0
      ? undefined
      : tf.mul(
          tf.neg(tf.sum(weight === undefined ? logProbs : tf.mul(logProbs, weight), 1)),
          tf.mul(counted, labelSmoothing / classes),
        );
  const perRow = smooth === undefined ? hard : tf.add(tf.mul(hard, 1 - labelSmoothing), smooth);
  const losses = tf.where(isCounted, perRow, tf.zerosLike(perRow));
  return reduction === "mean" ? tf.div(tf.sum(losses), tf.sum(weightedHot)) : reduce(losses, reduction);
}

function softTargets(
  logits: tf.Tensor,
  target: tf.Tensor,
  { reduction = "mean", labelSmoothing = 0, weight }: CrossEntropyOptions,
): tf.Tensor {
  const classes = classesOf(logits);
  const goal = labelSmoothing === 0 ? target : tf.add(tf.mul(target, 1 - labelSmoothing), labelSmoothing / classes);
  const logProbs = logSoftmax(logits, logits.rank === 1 ? 0 : 1);
  const scaled =
    weight === undefined
      ? logProbs
      : tf.mul(logProbs, tf.reshape(weight, [classes, ...logits.shape.slice(2).map(() => 1)]));
  const losses = tf.neg(tf.sum(tf.mul(scaled, goal), logits.rank === 1 ? 0 : 1));
  return reduce(losses, reduction);
}

/** C of [N, C, ...] or [C]. */
function classesOf(logits: tf.Tensor): number {
  return logits.shape[1] ?? logits.shape[0] ?? 1;
}

/** [N, C, d1, ...] as [N · d1 · ..., C]. */
function toRows(logits: tf.Tensor): tf.Tensor {
  const classes = classesOf(logits);
  if (logits.rank === 2) return logits;
  if (logits.rank === 1) return tf.reshape(logits, [1, classes]);
  const order = [0, ...logits.shape.slice(2).map((_, i) => i + 2), 1];
  return tf.reshape(tf.transpose(logits, order), [-1, classes]);
}

function checkTargets(loss: string, logits: tf.Tensor, target: tf.Tensor): void {
  const expected = logits.rank === 1 ? [] : [logits.shape[0] ?? 0, ...logits.shape.slice(2)];
  const isRightShape = logits.rank > 0 && tf.util.arraysEqual(target.shape, expected);
  if (isRightShape && target.dtype === "int32") return;
  throw new ShapeError({
    message: `${loss}: the target does not fit logits of shape ${formatShape(logits.shape)}.`,
    expected: `class numbers of shape ${formatShape(expected)}, int32${loss === "crossEntropy" ? `, or probabilities of shape ${formatShape(logits.shape)}` : ""}`,
    received: `${target.dtype} ${formatShape(target.shape)}`,
    shapes: [target.shape, logits.shape],
    tryThis: isRightShape
      ? 'tf.cast(target, "int32"), or labels as an Int32Array.'
      : "check that the model's output and the labels belong to one batch.",
  });
}
