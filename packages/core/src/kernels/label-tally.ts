import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { countedTally, countedTargets, widened } from "./tally-parts.js";

/** Right and wrong answers of yes or no, added to those before them. */
export const labelTally: FusedKernel<"lit.LabelTally"> = {
  name: "lit.LabelTally",
  composite: ({ preds, target, tally, range }, attrs) => {
    const areScores = preds.dtype === "float32";
    const answers = areScores ? tf.greater(asProbabilities(preds), attrs.threshold) : preds;
    const counted = countedTargets(target, attrs);
    const sums = countedTally({
      preds: tf.cast(answers, "float32"),
      target: tf.cast(target, "float32"),
      counts: counted.counts,
    });
    const added = tf.add(tally, sums);
    return range === undefined ? [added] : [added, widened(range, counted.target, areScores ? undefined : preds)];
  },
};

/** Where any is outside 0 … 1, all of them are logits. */
function asProbabilities(scores: Tensor): Tensor {
  const areInside = tf.all(tf.logicalAnd(tf.greaterEqual(scores, 0), tf.lessEqual(scores, 1)));
  return tf.where(tf.broadcastTo(areInside, scores.shape), scores, tf.sigmoid(scores));
}
