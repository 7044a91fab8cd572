import { tf } from "@lightning-ts/core";

/** Whether a tensor holds scores; integers and booleans are classes. */
export function areScores(preds: tf.Tensor): boolean {
  return preds.dtype === "float32";
}

/**
 * Probabilities as they are; where any is outside 0…1 all of them are logits, as in torchmetrics, and become
 * probabilities.
 * @param counts only these decide; undefined means all
 */
export function asProbabilities(preds: tf.Tensor, normalization: "sigmoid" | "softmax", counts?: tf.Tensor): tf.Tensor {
  if (preds.size === 0) return preds;
  const isInside = tf.logicalAnd(tf.greaterEqual(preds, 0), tf.lessEqual(preds, 1));
  const areAllInside = tf.all(counts === undefined ? isInside : tf.logicalOr(isInside, tf.logicalNot(counts)));
  const normalized = normalization === "sigmoid" ? tf.sigmoid(preds) : softmaxOverClasses(preds);
  return tf.where(tf.broadcastTo(areAllInside, preds.shape), preds, normalized);
}

/** Softmax along dimension 1, which tfjs has for the last alone. */
function softmaxOverClasses(preds: tf.Tensor): tf.Tensor {
  const shifted = tf.exp(tf.sub(preds, tf.max(preds, 1, true)));
  return tf.div(shifted, tf.sum(shifted, 1, true));
}
