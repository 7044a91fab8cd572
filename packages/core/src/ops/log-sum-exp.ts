import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { withoutRecording } from "../tensor/engine-internals/tape.js";

/**
 * log(Σ e^x) along some axes, as `tf.logSumExp`, but right where a row's largest number is infinite: -Infinity of
 * nothing but -Infinity, Infinity where one is Infinity. tfjs takes the difference of both to their maximum, which is
 * NaN.
 */
export function logSumExp<T extends Tensor>(x: Tensor | tf.TensorLike, axis?: number | number[], keepDims = false): T {
  const values = tf.cast(x, "float32");
  const axes = tf.util.parseAxisParam(axis ?? values.shape.map((_, i) => i), values.shape);
  // The shift changes nothing but the rounding: a gradient through it would be what rounding leaves of 1 - Σ softmax.
  const shift = withoutRecording(() => {
    const largest = tf.max(values, axes, true);
    return tf.where(tf.isFinite(largest), largest, tf.zerosLike(largest));
  });
  const result = tf.add<T>(tf.log(tf.sum(tf.exp(tf.sub(values, shift)), axes, true)), shift);
  return keepDims ? result : dropped(result, axes);
}

/** Drops these axes, whose lengths are 1. */
function dropped<T extends Tensor>(x: T, axes: readonly number[]): T {
  return axes.length === 0 ? x : tf.squeeze<T>(x, [...axes]);
}
