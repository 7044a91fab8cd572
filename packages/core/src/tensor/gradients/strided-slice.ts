import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.stridedSlice`, which tfjs lacks: dy goes back to where its elements were read, with zeros
 * elsewhere.
 */
export const stridedSliceGradient: GradConfig = {
  kernelName: "StridedSlice",
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({ x: () => spreadOut(only(dy), present(x).shape, attrs) }),
};

function spreadOut(dy: Tensor, shape: readonly number[], attrs: NamedAttrMap): Tensor {
  const masks = ["beginMask", "endMask", "ellipsisMask", "newAxisMask", "shrinkAxisMask"].map((name) =>
    Number(attrs[name] ?? 0),
  );
  const [beginMask = 0, endMask = 0, ellipsisMask = 0, newAxisMask = 0, shrinkAxisMask = 0] = masks;
  const lists = ["begin", "end", "strides"].map((name) => (Array.isArray(attrs[name]) ? attrs[name].map(Number) : []));
  const [begin = [], end = [], given = []] = lists;
  const info = tf.slice_util.sliceInfo(
    [...shape],
    begin,
    end,
    given,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  );
  const lengths = shape.map((length, axis) =>
    countOf(info.begin[axis] ?? 0, info.end[axis] ?? length, info.strides[axis] ?? 1),
  );
  return shape.reduce<Tensor>(
    (gradient, length, axis) =>
      spreadAxis(gradient, { axis, length, begin: info.begin[axis] ?? 0, stride: info.strides[axis] ?? 1 }),
    tf.reshape(dy, lengths),
  );
}

function countOf(begin: number, end: number, stride: number): number {
  return Math.max(0, Math.ceil((end - begin) / stride));
}

interface ReadAxis {
  readonly axis: number;
  /** Length of the axis that was read. */
  readonly length: number;
  readonly begin: number;
  /** How far apart elements are read; below 0 where the axis was read backwards. */
  readonly stride: number;
}

function spreadAxis(dy: Tensor, { axis, length, begin, stride }: ReadAxis): Tensor {
  const count = dy.shape[axis] ?? 0;
  const [before, after] = [dy.shape.slice(0, axis), dy.shape.slice(axis + 1)];
  if (count === 0) return tf.zeros([...before, length, ...after]);
  const forward = stride < 0 ? tf.reverse(dy, axis) : dy;
  const first = stride < 0 ? begin + (count - 1) * stride : begin;
  const step = Math.abs(stride);
  const rows = tf.reshape(forward, [tf.util.sizeFromShape(before), count, 1, tf.util.sizeFromShape(after)]);
  const spread = tf.reshape(
    tf.pad(rows, [
      [0, 0],
      [0, 0],
      [0, step - 1],
      [0, 0],
    ]),
    [rows.shape[0] ?? 1, count * step, rows.shape[3] ?? 1],
  );
  const used = tf.slice(spread, [0, 0, 0], [-1, (count - 1) * step + 1, -1]);
  const placed = tf.pad(used, [
    [0, 0],
    [first, length - first - (used.shape[1] ?? 0)],
    [0, 0],
  ]);
  return tf.reshape(placed, [...before, length, ...after]);
}
