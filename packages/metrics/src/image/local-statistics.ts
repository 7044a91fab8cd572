import { tf } from "@lightning-ts/core";
import { partsOf } from "../base/parts-of.js";
import { mirrored, windowMeans, type WindowAxis } from "./window.js";

/** What windows that slide over two images see: squares of means, variances, and what both have in common. */
export interface LocalStatistics {
  readonly predsMeanSquare: tf.Tensor;
  readonly targetMeanSquare: tf.Tensor;
  readonly meanProduct: tf.Tensor;
  readonly predsVariance: tf.Tensor;
  readonly targetVariance: tf.Tensor;
  readonly covariance: tf.Tensor;
}

export function localStatistics(preds: tf.Tensor, target: tf.Tensor, axes: readonly WindowAxis[]): LocalStatistics {
  const [x, y] = [mirrored(preds, axes), mirrored(target, axes)];
  const together = tf.concat([x, y, tf.square(x), tf.square(y), tf.mul(x, y)], 0);
  const means = windowMeans(together, axes);
  const part = partsOf(tf.reshape(means, [5, x.shape[0] ?? 1, ...means.shape.slice(1)]));
  const [predsMean, targetMean] = [part(0), part(1)];
  const [predsMeanSquare, targetMeanSquare] = [tf.square(predsMean), tf.square(targetMean)];
  const meanProduct = tf.mul(predsMean, targetMean);
  return {
    predsMeanSquare,
    targetMeanSquare,
    meanProduct,
    predsVariance: tf.relu(tf.sub(part(2), predsMeanSquare)),
    targetVariance: tf.relu(tf.sub(part(3), targetMeanSquare)),
    covariance: tf.sub(part(4), meanProduct),
  };
}
