import { kernelOffsets, outputLengths } from "../../kernels/conv-shapes.js";
import { windowSlices } from "../../kernels/windows.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";
import type { PoolWindows } from "./pool-windows.js";

/** Below every float32 there is, so that an infinite element comes before padding. */
const LEAST = -3.4e38;

/**
 * Where each window has its largest value, the first of several: x [N, C, ...space] -> [N, C, ...output], int32, each
 * a place in the space of its channel by rows.
 */
export function maxPoolIndices(x: tf.Tensor, windows: PoolWindows): tf.Tensor {
  const { kernelSize: kernel, stride, padding, dilation } = windows;
  const space = x.shape.slice(2);
  const rowSizes = space.map((_, axis) => space.slice(axis + 1).reduce((product, length) => product * length, 1));
  const sum = (terms: readonly number[]): number => terms.reduce((total, term) => total + term, 0);
  const offsets = kernelOffsets(kernel).map((offset) =>
    sum(offset.map((at, axis) => at * (dilation[axis] ?? 1) * (rowSizes[axis] ?? 1))),
  );
  const lengths = outputLengths(space, kernel, windows);
  const starts = kernelOffsets(lengths).map((place) =>
    sum(place.map((at, axis) => (at * (stride[axis] ?? 1) - (padding[axis]?.[0] ?? 0)) * (rowSizes[axis] ?? 1))),
  );
  return noGrad(() =>
    tf.tidy(() => {
      const slices = windowSlices(tf.maximum(tf.cast(x, "float32"), LEAST), { ...windows, kernel }, -Infinity);
      const which = tf.argMax(tf.stack(slices, -1), -1);
      return tf.add(tf.gather(tf.tensor1d(offsets, "int32"), which), tf.tensor(starts, lengths, "int32"));
    }),
  );
}
