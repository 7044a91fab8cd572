import { attention } from "../../kernels/attention.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { dropout } from "./dropout.js";

export interface AttentionOptions {
  /** Added to the scores; broadcast to [..., T, S]. -Infinity hides a key. */
  readonly attnMask?: tf.Tensor | undefined;
  /** Query t sees keys 0 … t. @default false */
  readonly isCausal?: boolean | undefined;
  /** Dropout of the attention weights; 0 in evaluation. @default 0 */
  readonly dropoutP?: number | undefined;
  /** @default 1 / sqrt(D) */
  readonly scale?: number | undefined;
}

/** softmax(scale · q·kᵀ + mask) · v. q [..., T, D], k [..., S, D], v [..., S, E] -> [..., T, E]. */
export function scaledDotProductAttention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, options: AttentionOptions = {}): tf.Tensor {
  const scale = options.scale ?? 1 / Math.sqrt(q.shape[q.rank - 1] ?? 1);
  const dropoutP = options.dropoutP ?? 0;
  if (options.attnMask === undefined && dropoutP === 0) return runFusedSingle(attention, { q, k, v }, { scale, causal: options.isCausal ?? false });
  const scores = tf.mul(tf.matMul(q, k, false, true), scale);
  const masks = [options.attnMask, options.isCausal === true ? causalMask(scores) : undefined].filter((mask) => mask !== undefined);
  const probs = tf.softmax(masks.reduce<tf.Tensor>((sum, mask) => tf.add(sum, mask), scores));
  return tf.matMul(dropout(probs, { p: dropoutP }), v);
}

function causalMask(scores: tf.Tensor): tf.Tensor {
  const [queries = 0, keys = 0] = scores.shape.slice(-2);
  return tf.sub(tf.linalg.bandPart(tf.ones([queries, keys]), -1, 0), 1).mul(1e30);
}
