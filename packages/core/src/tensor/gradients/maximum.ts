import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";
import { sumToShape } from "./sum-to-shape.js";

/**
 * The gradient of `tf.maximum`: the larger operand gets dy, equal ones half of it each, as `torch.maximum` has it (both
 * get all of it where one is NaN). tfjs gives all to the first, and does not sum over axes that were broadcast.
 */
export const maximumGradient: GradConfig = shared("Maximum", (a, b) => ({
  aLoses: tf.less(a, b),
  bLoses: tf.less(b, a),
}));

/** As `maximumGradient`, for `torch.minimum`. */
export const minimumGradient: GradConfig = shared("Minimum", (a, b) => ({
  aLoses: tf.less(b, a),
  bLoses: tf.less(a, b),
}));

interface Losers {
  readonly aLoses: Tensor;
  readonly bLoses: Tensor;
}

function shared(kernelName: string, compare: (a: Tensor, b: Tensor) => Losers): GradConfig {
  return {
    kernelName,
    inputsToSave: ["a", "b"],
    gradFunc: (dy, saved) => {
      const [a, b] = [present(saved[0]), present(saved[1])];
      const won = (loses: Tensor): Tensor => {
        const share = tf.sub(1, tf.mul(tf.cast(tf.equal(a, b), "float32"), 0.5));
        return tf.where(loses, tf.zerosLike(only(dy)), tf.mul(only(dy), share));
      };
      return {
        a: () => sumToShape(won(compare(a, b).aLoses), a.shape),
        b: () => sumToShape(won(compare(a, b).bLoses), b.shape),
      };
    },
  };
}
