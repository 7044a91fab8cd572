import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { oneHotRows } from "./one-hot-rows.js";
import { countedTally, countedTargets, widened } from "./tally-parts.js";

/** Right and wrong answers of one of several classes, added to those before them. */
export const classTally: FusedKernel<"lit.ClassTally"> = {
  name: "lit.ClassTally",
  composite: ({ preds, target, tally, range }, attrs) => {
    const classes = tally.shape[1] ?? 1;
    const areScores = preds.rank === 2;
    const answers = areScores ? chosen(preds, target, attrs.topK) : preds;
    const counted = countedTargets(target, attrs);
    const sums = countedTally({
      preds: oneHotRows(answers, classes),
      target: oneHotRows(target, classes),
      counts: counted.counts === undefined ? undefined : tf.expandDims(counted.counts, 1),
    });
    const added = tf.add(tally, sums);
    return range === undefined ? [added] : [added, widened(range, counted.target, areScores ? undefined : preds)];
  },
};

/** The class with the highest score; the target's, where it is among the `topK` highest. */
function chosen(scores: Tensor, target: Tensor, topK: number): Tensor {
  // NaN is the highest score, as in PyTorch; backends do not agree where it stands among others.
  const highest = tf.argMax(tf.where(tf.isNaN(scores), tf.scalar(Number.POSITIVE_INFINITY), scores), 1);
  if (topK === 1) return highest;
  const classes = scores.shape[1] ?? 1;
  const own = tf.sum(tf.mul(scores, oneHotRows(target, classes)), 1, true);
  const isBefore = tf.less(tf.range(0, classes, 1, "int32"), tf.expandDims(target, 1));
  const isHigher = tf.logicalOr(tf.greater(scores, own), tf.logicalAnd(tf.equal(scores, own), isBefore));
  const isMet = tf.less(tf.sum(tf.cast(isHigher, "int32"), 1), tf.scalar(topK, "int32"));
  return tf.where(tf.logicalAnd(isMet, tf.greaterEqual(target, tf.scalar(0, "int32"))), target, highest);
}
