import { kernelOffsets, volume } from "../../kernels/conv-shapes.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";

interface Window {
  readonly start: number;
  readonly end: number;
}

/** PyTorch's windows: floor(i · input / output) … ceil((i + 1) · input / output). */
export function adaptiveWindows(input: number, output: number): Window[] {
  return Array.from({ length: output }, (_, i) => ({
    start: Math.floor((i * input) / output),
    end: Math.ceil(((i + 1) * input) / output),
  }));
}

/**
 * Where each window of an adaptive pool has its largest value, the first of several: x [..., ...space] -> [...,
 * ...output], int32, each a place in its space by rows.
 */
export function adaptiveMaxIndices(x: tf.Tensor, output: readonly number[]): tf.Tensor {
  const leading = x.shape.slice(0, -output.length);
  const space = x.shape.slice(-output.length);
  const windows = output.map((length, axis) => adaptiveWindows(space[axis] ?? 0, length));
  return noGrad(() =>
    tf.tidy(() => {
      const found = kernelOffsets(output).map((place) =>
        indexOfLargest(
          x,
          place.map((at, axis) => windows[axis]?.[at] ?? { start: 0, end: 0 }),
        ),
      );
      return tf.reshape(tf.stack(found, -1), [...leading, ...output]);
    }),
  );
}

/** x [..., ...space] -> [...] */
function indexOfLargest(x: tf.Tensor, window: readonly Window[]): tf.Tensor {
  const leading = x.shape.slice(0, -window.length);
  const space = x.shape.slice(-window.length);
  const lengths = window.map(({ start, end }) => end - start);
  const begin = [...leading.map(() => 0), ...window.map(({ start }) => start)];
  const seen = tf.reshape(tf.slice(x, begin, [...leading, ...lengths]), [...leading, volume(lengths)]);
  const places = kernelOffsets(lengths).map((offset) =>
    offset.reduce((place, at, axis) => place * (space[axis] ?? 1) + (window[axis]?.start ?? 0) + at, 0),
  );
  return tf.gather(tf.tensor1d(places, "int32"), tf.argMax(seen, -1));
}
