import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { isRecording } from "../engine-internals/tape.js";
import { only, present } from "./arguments.js";
import { sumToShape } from "./sum-to-shape.js";

/**
 * The gradient of `tf.pow`, b · a^(b - 1) da + a^b · log(a) db, as `torch.pow` has it: an exponent of 0 passes nothing
 * on (tfjs: 0 · a^-1, NaN at 0), and at a base of 0 the exponent gets 0 unless it is negative. tfjs gives exponents of
 * negative bases 0; there is no such derivative: NaN.
 */
export const powGradient: GradConfig = {
  kernelName: "Pow",
  inputsToSave: ["a", "b"],
  outputsToSave: [true],
  gradFunc: (dy, saved) => {
    const [base, exponent, y] = [present(saved[0]), tf.cast(present(saved[1]), "float32"), present(saved[2])];
    return {
      a: () => sumToShape(tf.mul(only(dy), slopeOfBase(base, exponent)), base.shape),
      b: () => {
        const isStuck = tf.logicalAnd(tf.equal(base, 0), tf.greaterEqual(exponent, 0));
        const slope = tf.mul(only(dy), tf.mul(y, tf.log(base)));
        return sumToShape(tf.where(isStuck, tf.zerosLike(slope), slope), exponent.shape);
      },
    };
  },
};

/**
 * b · a^(b - 1). Where it is differentiated again, a^0 for exponents of 0 is divided by the base, which changes nothing
 * of the 0 but lets the exponent have its slope, 1 / a.
 */
function slopeOfBase(base: Tensor, exponent: Tensor): Tensor {
  const slope = tf.mul(exponent, tf.pow(base, lowered(exponent)));
  if (!isRecording()) return slope;
  const isDivisor = tf.logicalAnd(tf.equal(exponent, 0), tf.greater(tf.abs(base), 0));
  return tf.div(slope, tf.where(isDivisor, base, tf.onesLike(base)));
}

/**
 * exponent - 1, but 0 for an exponent of 0, so that 0 · a^0 is 0. Exponents are mostly scalars, so this is cheaper than
 * selecting results.
 */
function lowered(exponent: Tensor): Tensor {
  return tf.sub(exponent, tf.cast(tf.notEqual(exponent, 0), "float32"));
}
