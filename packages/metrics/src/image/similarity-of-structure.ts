import { tf } from "@lightning-ts/core";
import { inRange, widthOf } from "./image-values.js";
import { localStatistics } from "./local-statistics.js";
import { windowAxes, type SSIMSettings } from "./ssim-options.js";
import { cropped } from "./window.js";

/** How alike two images are around each pixel. */
export interface StructuralSimilarity {
  /** [batch, channels, ...] */
  readonly map: tf.Tensor;
  /** Means of each image, [batch]. */
  readonly values: tf.Tensor;
  /** Without the comparison of brightness and without the edges, means of each image. */
  readonly contrasts: () => tf.Tensor;
}

export function structuralSimilarity(
  given: { readonly preds: tf.Tensor; readonly target: tf.Tensor },
  settings: SSIMSettings,
): StructuralSimilarity {
  const { dataRange, k1, k2 } = settings;
  const [preds, target] = [inRange(given.preds, dataRange), inRange(given.target, dataRange)];
  const width = dataRange === undefined ? widestOf(preds, target) : tf.scalar(widthOf(dataRange));
  const [c1, c2] = [tf.square(tf.mul(width, k1)), tf.square(tf.mul(width, k2))];
  const axes = windowAxes(preds, settings);
  const seen = localStatistics(preds, target, axes);
  const upper = tf.add(tf.mul(seen.covariance, 2), c2);
  const lower = tf.add(tf.add(seen.predsVariance, seen.targetVariance), c2);
  const brightness = tf.div(
    tf.add(tf.mul(seen.meanProduct, 2), c1),
    tf.add(tf.add(seen.predsMeanSquare, seen.targetMeanSquare), c1),
  );
  const contrast = tf.div(upper, lower);
  const map = tf.mul(brightness, contrast);
  const margins = axes.map(({ padding }) => padding);
  return { map, values: meansOf(map), contrasts: () => meansOf(cropped(contrast, margins)) };
}

function widestOf(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  const width = (x: tf.Tensor): tf.Tensor => tf.sub(tf.max(x), tf.min(x));
  return tf.maximum(width(preds), width(target));
}

function meansOf(x: tf.Tensor): tf.Tensor {
  return tf.mean(tf.reshape(x, [x.shape[0] ?? 1, -1]), 1);
}
