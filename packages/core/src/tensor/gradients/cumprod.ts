import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.cumprod`, which tfjs lacks. It divides by nothing, so that zeros are no special case: with y[i] =
 * x[0] · … · x[i], dx[k] = (x[0] · … · x[k-1]) · s[k], where s[k] = dy[k] + x[k+1] · s[k+1] is a recurrence that takes
 * log2(n) doublings.
 */
export const cumprodGradient: GradConfig = {
  kernelName: "Cumprod",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () => {
      const values = present(x);
      const axis = tf.util.parseAxisParam(Number(attrs["axis"]), values.shape)[0] ?? 0;
      const flip = (tensor: Tensor): Tensor => (attrs["reverse"] === true ? tf.reverse(tensor, axis) : tensor);
      const forward = flip(values);
      // What an exclusive product puts at place i, an inclusive one puts at i - 1.
      const upstream = attrs["exclusive"] === true ? shifted(flip(only(dy)), axis, 1, 0) : flip(only(dy));
      return flip(tf.mul(tf.cumprod(forward, axis, true), weightedRest(upstream, shifted(forward, axis, 1, 0), axis)));
    },
  }),
};

/** s[k] = start[k] + factor[k] · s[k+1]: every doubling lets each place reach twice as far. */
function weightedRest(start: Tensor, factor: Tensor, axis: number): Tensor {
  const length = start.shape[axis] ?? 0;
  let [sum, product] = [start, factor];
  for (let reach = 1; reach < length; reach *= 2) {
    sum = tf.add(sum, tf.mul(product, shifted(sum, axis, reach, 0)));
    product = tf.mul(product, shifted(product, axis, reach, 0));
  }
  return sum;
}

/** Element i + distance at place i; `fill` where there is none. */
function shifted(x: Tensor, axis: number, distance: number, fill: number): Tensor {
  const length = x.shape[axis] ?? 0;
  const begin = x.shape.map((_, i) => (i === axis ? Math.min(distance, length) : 0));
  const rest = tf.slice(
    x,
    begin,
    x.shape.map((size, i) => size - (begin[i] ?? 0)),
  );
  return tf.pad(
    rest,
    x.shape.map((_, i): [number, number] => [0, begin[i] ?? 0]),
    fill,
  );
}
