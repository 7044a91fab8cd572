/**
 * Random ops of tfjs that go on from `seedEverything` where they are given no seed, and whose state checkpoints hold.
 * tfjs takes `Math.random` there.
 */
import * as tf from "@tensorflow/tfjs-core";
import { RandomStream } from "../random/random-stream.js";

export const randomNormal: typeof tf.randomNormal = (shape, mean, stdDev, dtype, seed) =>
  tf.randomNormal(shape, mean, stdDev, dtype, orNextSeed(seed));

export const randomStandardNormal: typeof tf.randomStandardNormal = (shape, dtype, seed) =>
  tf.randomStandardNormal(shape, dtype, orNextSeed(seed));

export const truncatedNormal: typeof tf.truncatedNormal = (shape, mean, stdDev, dtype, seed) =>
  tf.truncatedNormal(shape, mean, stdDev, dtype, orNextSeed(seed));

export const randomUniform: typeof tf.randomUniform = (shape, minval, maxval, dtype, seed) =>
  tf.randomUniform(shape, minval, maxval, dtype, orNextSeed(seed));

export const randomUniformInt: typeof tf.randomUniformInt = (shape, minval, maxval, seed) =>
  tf.randomUniformInt(shape, minval, maxval, orNextSeed(seed));

export const randomGamma: typeof tf.randomGamma = (shape, alpha, beta, dtype, seed) =>
  tf.randomGamma(shape, alpha, beta, dtype, orNextSeed(seed));

export const multinomial: typeof tf.multinomial = (logits, numSamples, seed, normalized) =>
  tf.multinomial(logits, numSamples, orNextSeed(seed), normalized);

export const dropout: typeof tf.dropout = (x, rate, noiseShape, seed) =>
  tf.dropout(x, rate, noiseShape, orNextSeed(seed));

/** The caller's seed; to tfjs 0 is none. The next ones come from the random stream "tf". */
function orNextSeed<TSeed extends number | string>(seed: TSeed | undefined): TSeed | number {
  return seed === undefined || seed === 0 || seed === null ? RandomStream.named("tf").nextUint32() + 1 : seed;
}
