import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";

/** Where targets count, float32, and the targets with 0 elsewhere. */
export function countedTargets(
  target: Tensor,
  { ignores, ignoreIndex }: { readonly ignores: boolean; readonly ignoreIndex: number },
): { readonly target: Tensor; readonly counts: Tensor | undefined } {
  if (!ignores) return { target, counts: undefined };
  const isCounted = tf.notEqual(target, tf.scalar(ignoreIndex, "int32"));
  return { target: tf.mul(target, tf.cast(isCounted, "int32")), counts: tf.cast(isCounted, "float32") };
}

/** Answers met, given, wanted, and rows, of each class: int32 [4, classes]. All inputs are float32 [rows, classes]. */
export function countedTally(answers: {
  readonly preds: Tensor;
  readonly target: Tensor;
  /** Of 1 and 0; [rows, 1] for all classes. Undefined means that everything counts. */
  readonly counts: Tensor | undefined;
}): Tensor {
  const { counts } = answers;
  const [preds, target] = [answers.preds, answers.target].map((part) =>
    counts === undefined ? part : tf.mul(part, counts),
  );
  if (preds === undefined || target === undefined) throw new RangeError("a tally has predictions and targets");
  const rows = tf.broadcastTo(counts ?? tf.scalar(1), preds.shape);
  return tf.cast(tf.stack([tf.mul(preds, target), preds, target, rows].map((part) => tf.sum(part, 0))), "int32");
}

/** The largest and the negated smallest class so far, of targets and of predictions. */
export function widened(range: Tensor, target: Tensor, preds: Tensor | undefined): Tensor {
  const ofTarget = [tf.max(target), tf.neg(tf.min(target))];
  const ofPreds = preds === undefined ? ofTarget : [tf.max(preds), tf.neg(tf.min(preds))];
  return tf.maximum(range, tf.cast(tf.stack([...ofTarget, ...ofPreds]), "float32"));
}
