import { kernelOffsets } from "../../kernels/conv-shapes.js";
import { detach } from "../../tensor/detach.js";
import { tf } from "../../tensor/tf.js";

export type SampleMode = "bilinear" | "nearest" | "bicubic";
export type GridPadding = "zeros" | "border" | "reflection";

interface Sampling {
  readonly mode: SampleMode;
  readonly paddingMode: GridPadding;
  readonly alignCorners: boolean;
}

/** For each element that has a share in a sampled value: where it is by rows of its image, and how large its share. */
export interface Corners {
  /** [corners, N, places], int32 */
  readonly places: tf.Tensor;
  /** [corners, N, places] */
  readonly shares: tf.Tensor;
}

/** One dimension of the corners: for each step an index and a share [N, places]. */
type Steps = readonly { readonly index: tf.Tensor; readonly share: tf.Tensor }[];

/** The corners around places [N, places, dimensions] of a grid, whose coordinates have the last dimension first. */
export function cornersOf(grid: tf.Tensor, space: readonly number[], sampling: Sampling): Corners {
  const last = space.length - 1;
  const coordinates = tf.unstack(grid, -1);
  const axes = space.map((length, axis) => stepsOf(coordinates[last - axis] ?? grid, length, sampling));
  const combined = kernelOffsets(axes.map(({ length }) => length)).map((corner) =>
    corner.reduce<{ place: tf.Tensor; share: tf.Tensor } | undefined>((joined, step, axis) => {
      const { index, share } = axes[axis]?.[step] ?? { index: grid, share: grid };
      if (joined === undefined) return { place: index, share };
      return { place: tf.add(tf.mul(joined.place, space[axis] ?? 1), index), share: tf.mul(joined.share, share) };
    }, undefined),
  );
  return {
    places: detach(tf.cast(tf.stack(combined.map((corner) => corner?.place ?? grid)), "int32")),
    shares: tf.stack(combined.map((corner) => corner?.share ?? grid)),
  };
}

function stepsOf(coordinate: tf.Tensor, length: number, sampling: Sampling): Steps {
  const { mode, alignCorners } = sampling;
  // From -1 … 1 to elements: as PyTorch, ((x + 1) · length - 1) / 2 or (x + 1) / 2 · (length - 1).
  const raw = alignCorners
    ? tf.mul(tf.div(tf.add(coordinate, 1), 2), length - 1)
    : tf.div(tf.sub(tf.mul(tf.add(coordinate, 1), length), 1), 2);
  const at = mode === "bicubic" ? raw : intoSpace(raw, length, sampling);
  if (mode === "nearest") return [inside(detach(tf.round(at)), tf.onesLike(at), length)];
  const left = detach(tf.floor(at));
  const offset = tf.sub(at, left);
  if (mode === "bilinear") return [inside(left, tf.sub(1, offset), length), inside(tf.add(left, 1), offset, length)];
  return cubicShares(offset).map((share, step) =>
    inside(detach(intoSpace(tf.add(left, step - 1), length, sampling)), share, length),
  );
}

/** An element outside has no share; its index is some one inside. */
function inside(index: tf.Tensor, share: tf.Tensor, length: number): { index: tf.Tensor; share: tf.Tensor } {
  const kept = tf.clipByValue(index, 0, length - 1);
  return { index: detach(kept), share: tf.mul(share, detach(tf.cast(tf.equal(kept, index), "float32"))) };
}

function intoSpace(at: tf.Tensor, length: number, { paddingMode, alignCorners }: Sampling): tf.Tensor {
  if (paddingMode === "zeros") return at;
  if (paddingMode === "border") return clip(at, length);
  return clip(alignCorners ? reflect(at, 0, length - 1) : reflect(at, -0.5, length), length);
}

/** As in PyTorch, there is no gradient at the ends themselves. */
function clip(at: tf.Tensor, length: number): tf.Tensor {
  const isInside = tf.logicalAnd(tf.greater(at, 0), tf.less(at, length - 1));
  return tf.where(isInside, at, detach(tf.clipByValue(at, 0, length - 1)));
}

/** Mirrors at `low` and `low + span` as often as it takes. */
function reflect(at: tf.Tensor, low: number, span: number): tf.Tensor {
  if (span === 0) return tf.mul(at, 0);
  const distance = tf.abs(tf.sub(at, low));
  const flips = detach(tf.floor(tf.div(distance, span)));
  const extra = tf.sub(distance, tf.mul(flips, span));
  const isEven = detach(tf.equal(tf.sub(flips, tf.mul(2, tf.floor(tf.div(flips, 2)))), 0));
  return tf.where(isEven, tf.add(extra, low), tf.sub(span + low, extra));
}

/** The cubic convolution of Keys with PyTorch's constant, for elements at -1, 0, 1 and 2 around an offset of 0 … 1. */
const CUBIC = -0.75;

function cubicShares(offset: tf.Tensor): tf.Tensor[] {
  const near = (x: tf.Tensor): tf.Tensor => tf.add(tf.mul(tf.mul(tf.sub(tf.mul(x, CUBIC + 2), CUBIC + 3), x), x), 1);
  const far = (x: tf.Tensor): tf.Tensor =>
    tf.sub(tf.mul(tf.add(tf.mul(tf.sub(tf.mul(x, CUBIC), 5 * CUBIC), x), 8 * CUBIC), x), 4 * CUBIC);
  const rest = tf.sub(1, offset);
  return [far(tf.add(offset, 1)), near(offset), near(rest), far(tf.add(rest, 1))];
}
