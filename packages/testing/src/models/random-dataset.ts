import { RandomStream, TensorDataset, tf } from "@lightning-ts/core";

/** Rows [length, features] of normal random numbers, the same for the same seed. A batch is `[x]`. */
export function randomDataset(
  options: { readonly length?: number; readonly features?: number; readonly seed?: number } = {},
): TensorDataset<readonly [tf.TensorBuffer<tf.Rank.R2, "float32">]> {
  const { length = 64, features = 32, seed = 0 } = options;
  const values = RandomStream.fromSeed(seed, "randomDataset").fillNormal(new Float32Array(length * features));
  return new TensorDataset(tf.buffer<tf.Rank.R2>([length, features], "float32", values));
}
