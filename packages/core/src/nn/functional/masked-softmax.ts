import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";

export interface MaskOptions {
  /** bool: which keys are seen; float32: added to the scores. Broadcast to [..., T, S]. */
  readonly mask: tf.Tensor | undefined;
  /** Query t sees keys 0 … t, of those that the mask shows. */
  readonly isCausal: boolean;
}

/**
 * Softmax over the keys that each query sees, of scores [..., T, S]; a query that sees none gets zeros. Rows without a
 * key keep their scores for the softmax and are zeroed behind it, so that neither a value nor a gradient is ever NaN.
 * @throws ShapeError for a mask of integers
 */
export function maskedSoftmax(scores: tf.Tensor, { mask, isCausal }: MaskOptions): tf.Tensor {
  const causal = isCausal ? causalMask(scores) : undefined;
  if (mask === undefined) return tf.softmax(causal === undefined ? scores : hideKeys(scores, causal));
  if (mask.dtype === "bool") return selected(scores, causal === undefined ? mask : tf.logicalAnd(mask, causal));
  if (mask.dtype === "float32") return shifted(scores, causal === undefined ? mask : hideKeys(mask, causal));
  throw new ShapeError({
    message: "scaledDotProductAttention: a mask of integers says neither which keys are seen nor what to add.",
    expected: "a mask of booleans or float32",
    received: `${mask.dtype} ${formatShape(mask.shape)}`,
    shapes: [mask.shape],
    tryThis: 'tf.cast(mask, "bool") to select keys (1 is seen), tf.cast(mask, "float32") to add numbers to the scores.',
  });
}

/** Hides the scores that booleans do not select. */
function selected(scores: tf.Tensor, isSeen: tf.Tensor): tf.Tensor {
  const seesAny = tf.any(isSeen, -1, true);
  return tf.mul(
    tf.softmax(hideKeys(scores, tf.logicalOr(isSeen, tf.logicalNot(seesAny)))),
    tf.cast(seesAny, "float32"),
  );
}

/** Adds the numbers of a mask to the scores. */
function shifted(scores: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const seesAny = tf.any(tf.greater(mask, Number.NEGATIVE_INFINITY), -1, true);
  return tf.mul(tf.softmax(tf.add(scores, tf.where(seesAny, mask, tf.zerosLike(mask)))), tf.cast(seesAny, "float32"));
}

function hideKeys(scores: tf.Tensor, isSeen: tf.Tensor): tf.Tensor {
  return tf.where(isSeen, scores, tf.scalar(Number.NEGATIVE_INFINITY));
}

/** [T, S]: whether query t sees key s. */
function causalMask(scores: tf.Tensor): tf.Tensor {
  const [queries = 0, keys = 0] = scores.shape.slice(-2);
  const isSeen = new Uint8Array(queries * keys);
  for (let t = 0; t < queries; t += 1) isSeen.fill(1, t * keys, t * keys + Math.min(t + 1, keys));
  return tf.tensor(isSeen, [queries, keys], "bool");
}
