import { tf } from "@lightning-ts/core";

/**
 * Quantiles of all values, between neighbours in proportion, as torch.quantile has them. A NaN among the values makes
 * all of them NaN.
 * @param quantile a number gives a scalar, a list [quantiles]
 */
export function quantilesOf(values: tf.Tensor, quantile: number | readonly number[]): tf.Tensor {
  const sorted = tf.reverse(tf.topk(tf.reshape(values, [-1]), values.size).values, 0);
  const asked = [quantile].flat();
  const parts = asked.map((q) => {
    const place = q * (values.size - 1);
    const below = Math.floor(place);
    const low = tf.slice(sorted, [below], [1]);
    const high = tf.slice(sorted, [Math.ceil(place)], [1]);
    return place === below ? low : tf.add(low, tf.mul(tf.sub(high, low), place - below));
  });
  const joined = tf.concat(parts, 0);
  const found = tf.where(tf.any(tf.isNaN(values)), tf.fill(joined.shape, Number.NaN), joined);
  return typeof quantile === "number" ? tf.reshape(found, []) : found;
}
