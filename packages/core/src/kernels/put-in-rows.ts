import type { Tensor } from "@tensorflow/tfjs-core";
import { findKernel } from "../tensor/engine-internals/kernels.js";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";

/** Where two elements have one place, the later one stays, where the backend can tell; both get its gradient. */
export const putInRows: FusedKernel<"core.PutInRows"> = {
  name: "core.PutInRows",
  composite: ({ x, places }, { length }) => {
    const [rows = 0] = x.shape;
    const at = tf.reshape(flatPlaces(places, length), [-1, 1]);
    const values = tf.reshape(x, [-1]);
    const flat =
      findKernel("TensorScatterUpdate") === undefined
        ? tf.scatterND(at, values, [rows * length])
        : tf.tensorScatterUpdate(tf.zeros([rows * length]), at, values);
    return [tf.reshape(flat, [rows, length])];
  },
  gradient: {
    holds: ["places"],
    isDifferentiable: true,
    compute: ({ dy, inputs: { places }, attrs: { length } }) => ({
      x: () => tf.gather(tf.reshape(dy, [-1]), flatPlaces(places, length)),
    }),
  },
};

/** Places in all rows behind each other. */
function flatPlaces(places: Tensor, length: number): Tensor {
  const [rows = 0] = places.shape;
  return tf.add(places, tf.reshape(tf.range(0, rows * length, length, "int32"), [rows, 1]));
}
