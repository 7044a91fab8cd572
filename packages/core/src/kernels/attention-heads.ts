import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";

/**
 * qkv [..., T, 3 · C], heads side by side in each of the three -> query, key and value, each [B, heads, T, D], B being
 * all leading dimensions together.
 */
export function splitHeads(qkv: Tensor, heads: number): { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor } {
  const [length = 0, packed = 0] = qkv.shape.slice(-2);
  const shape = [tf.util.sizeFromShape(qkv.shape.slice(0, -2)), length, heads, packed / (3 * heads)];
  const [q, k, v] = tf.split(qkv, 3, -1).map((part) => tf.transpose(tf.reshape(part, shape), [0, 2, 1, 3]));
  if (q === undefined || k === undefined || v === undefined)
    throw new RangeError("A split into three has three parts.");
  return { q, k, v };
}

/** [B, heads, T, D] -> [..., T, C] with these leading dimensions. */
export function joinHeads(attended: Tensor, leading: readonly number[]): Tensor {
  const [, heads = 0, length = 0, depth = 0] = attended.shape;
  return tf.reshape(tf.transpose(attended, [0, 2, 1, 3]), [...leading, length, heads * depth]);
}
