import type { ConvAttributes } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { kernelOffsets, outputLengths } from "./conv-shapes.js";

export interface WindowAttributes extends Pick<ConvAttributes, "stride" | "padding" | "dilation"> {
  readonly kernel: readonly number[];
}

/**
 * What each offset of a sliding kernel sees: for x [N, C, ...space], one tensor [N, C, ...output] per offset, in
 * row-major order of offsets. Padding is filled with `fill`.
 */
export function windowSlices(x: Tensor, attrs: WindowAttributes, fill = 0): Tensor[] {
  const lengths = outputLengths(x.shape.slice(2), attrs.kernel, attrs);
  const padded = padSpace(x, attrs.padding, fill);
  return kernelOffsets(attrs.kernel).map((offset) =>
    strided(
      padded,
      offset.map((at, axis) => at * (attrs.dilation[axis] ?? 1)),
      lengths,
      attrs.stride,
    ),
  );
}

/** The transpose of `windowSlices`: adds every slice back to where it was read, giving [N, C, ...inputSpace]. */
export function addWindowSlices(
  slices: readonly Tensor[],
  inputSpace: readonly number[],
  attrs: WindowAttributes,
): Tensor {
  const paddedSpace = inputSpace.map(
    (length, axis) => length + (attrs.padding[axis]?.[0] ?? 0) + (attrs.padding[axis]?.[1] ?? 0),
  );
  const offsets = kernelOffsets(attrs.kernel);
  const placed = slices.map((slice, i) =>
    place(
      slice,
      (offsets[i] ?? []).map((at, axis) => at * (attrs.dilation[axis] ?? 1)),
      paddedSpace,
      attrs.stride,
    ),
  );
  const sum = placed.length === 1 && placed[0] !== undefined ? placed[0] : tf.addN(placed);
  return tf.slice(
    sum,
    [0, 0, ...inputSpace.map((_, axis) => attrs.padding[axis]?.[0] ?? 0)],
    [sum.shape[0] ?? 0, sum.shape[1] ?? 0, ...inputSpace],
  );
}

export function padSpace(x: Tensor, padding: ConvAttributes["padding"], fill: number): Tensor {
  if (padding.every(([before, after]) => before === 0 && after === 0)) return x;
  return tf.pad(x, [[0, 0], [0, 0], ...padding.map(([before, after]): [number, number] => [before, after])], fill);
}

/** x[:, :, start :: stride] with `lengths` elements per spatial axis. */
function strided(x: Tensor, start: readonly number[], lengths: readonly number[], stride: readonly number[]): Tensor {
  const spans = lengths.map((length, axis) => (length === 0 ? 0 : (length - 1) * (stride[axis] ?? 1) + 1));
  const span = tf.slice(x, [0, 0, ...start], [x.shape[0] ?? 0, x.shape[1] ?? 0, ...spans]);
  if (stride.every((step) => step === 1)) return span;
  return lengths.reduce((tensor, length, axis) => everyNth(tensor, axis + 2, stride[axis] ?? 1, length), span);
}

/** Elements 0, step, 2·step, … of one axis. */
function everyNth(x: Tensor, axis: number, step: number, count: number): Tensor {
  if (step === 1) return x;
  const missing = count * step - (x.shape[axis] ?? 0);
  const full =
    missing > 0
      ? tf.pad(
          x,
          x.shape.map((_, i): [number, number] => [0, i === axis ? missing : 0]),
        )
      : x;
  const split = tf.reshape(full, [...x.shape.slice(0, axis), count, step, ...x.shape.slice(axis + 1)]);
  const first = tf.slice(
    split,
    split.shape.map(() => 0),
    split.shape.map((length, i) => (i === axis + 1 ? 1 : length)),
  );
  return tf.reshape(first, [...x.shape.slice(0, axis), count, ...x.shape.slice(axis + 1)]);
}

/** Spreads a slice `stride` apart into zeros of `space`, beginning at `start`. */
function place(slice: Tensor, start: readonly number[], space: readonly number[], stride: readonly number[]): Tensor {
  const spread = slice.shape
    .slice(2)
    .reduce((tensor, length, axis) => spreadAxis(tensor, axis + 2, stride[axis] ?? 1, length), slice);
  const padding = space.map((length, axis): [number, number] => [
    start[axis] ?? 0,
    length - (start[axis] ?? 0) - (spread.shape[axis + 2] ?? 0),
  ]);
  return padSpace(spread, padding, 0);
}

/** The transpose of `everyNth`: zeros between the elements of one axis. */
function spreadAxis(x: Tensor, axis: number, step: number, count: number): Tensor {
  if (step === 1 || count === 0) return x;
  const split = tf.expandDims(x, axis + 1);
  const filled = tf.pad(
    split,
    split.shape.map((_, i): [number, number] => [0, i === axis + 1 ? step - 1 : 0]),
  );
  const joined = tf.reshape(filled, [...x.shape.slice(0, axis), count * step, ...x.shape.slice(axis + 1)]);
  return tf.slice(
    joined,
    joined.shape.map(() => 0),
    joined.shape.map((length, i) => (i === axis ? (count - 1) * step + 1 : length)),
  );
}
