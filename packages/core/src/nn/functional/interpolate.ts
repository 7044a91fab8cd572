import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./adaptive-pooling.js";
import { checkFloats } from "./check-dtype.js";
import { mixAlongAxis } from "./mix-along-axis.js";

export type InterpolateMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "trilinear" | "bicubic" | "area";

export interface InterpolateOptions {
  /** Lengths of the result: one for all dimensions, or one each. Either this or `scaleFactor`. */
  readonly size?: number | readonly number[] | undefined;
  /** How much longer the result is: one for all dimensions, or one each. */
  readonly scaleFactor?: number | readonly number[] | undefined;
  /** @default "nearest" */
  readonly mode?: InterpolateMode | undefined;
  /** Whether the first and the last element of input and result lie on each other; not for nearest. @default false */
  readonly alignCorners?: boolean | undefined;
  /** Whether distances come from the lengths of input and result, not from `scaleFactor`. @default false */
  readonly recomputeScaleFactor?: boolean | undefined;
}

/** The options of `interpolate`. */
export const INTERPOLATE_OPTIONS = ["size", "scaleFactor", "mode", "alignCorners", "recomputeScaleFactor"];

/** How many dimensions of space a mode interpolates; nearest ones take any. */
const DIMENSIONS: Readonly<Record<InterpolateMode, readonly number[]>> = {
  nearest: [1, 2, 3],
  "nearest-exact": [1, 2, 3],
  linear: [1],
  bilinear: [2],
  trilinear: [3],
  bicubic: [2],
  area: [1, 2, 3],
};

/**
 * Changes the lengths of space: x [N, C, L], [N, C, H, W] or [N, C, D, H, W]. Without antialiasing, PyTorch's default.
 * @throws MisconfigurationError; ShapeError
 */
export function interpolate(x: tf.Tensor, options: InterpolateOptions): tf.Tensor {
  rejectUnknownOptions("interpolate", options, INTERPOLATE_OPTIONS);
  checkFloats("interpolate", { input: x });
  const { mode = "nearest", alignCorners = false } = options;
  checkMode(x, mode, alignCorners);
  const axes = axesOf(x, options);
  if (mode === "area") return areas(x, axes);
  return axes.reduce((resized, { axis, length, step }) => {
    const input = x.shape[axis] ?? 0;
    if (input === length && step === 1) return resized;
    const places = { input, length, step: alignCorners ? cornerStep(input, length) : step, alignCorners };
    return mode === "nearest" || mode === "nearest-exact"
      ? tf.gather(resized, tf.tensor1d(nearest(places, mode), "int32"), axis)
      : mixAlongAxis(resized, axis, mode === "bicubic" ? cubicShares(places) : linearShares(places), length);
  }, x);
}

/** Each element of the result is the average of what lies under it: an adaptive average pool. */
function areas(x: tf.Tensor, axes: readonly { readonly length: number }[]): tf.Tensor {
  const pools = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d];
  return (pools[axes.length - 1] ?? adaptiveAvgPool1d)(
    x,
    axes.map(({ length }) => length),
  );
}

interface Places {
  readonly input: number;
  readonly length: number;
  /** How far apart two neighbours of the result are in the input. */
  readonly step: number;
  readonly alignCorners: boolean;
}

function nearest({ input, length, step }: Places, mode: "nearest" | "nearest-exact"): Int32Array {
  const offset = mode === "nearest" ? 0 : 0.5;
  return Int32Array.from({ length }, (_, i) => Math.min(Math.floor(Math.fround((i + offset) * step)), input - 1));
}

function position(i: number, { step, alignCorners }: Places): number {
  return alignCorners ? i * step : (i + 0.5) * step - 0.5;
}

/** [input, length] */
function linearShares(places: Places): Float32Array {
  const { input, length } = places;
  const shares = new Float32Array(input * length);
  for (let i = 0; i < length; i += 1) {
    const at = Math.max(0, position(i, places));
    const left = Math.min(Math.floor(at), input - 1);
    const right = Math.min(left + 1, input - 1);
    addShare(shares, left * length + i, 1 - (at - left));
    addShare(shares, right * length + i, at - left);
  }
  return shares;
}

/** The cubic convolution of Keys with PyTorch's constant. */
const CUBIC = -0.75;

function cubicShares(places: Places): Float32Array {
  const { input, length } = places;
  const shares = new Float32Array(input * length);
  for (let i = 0; i < length; i += 1) {
    const at = position(i, places);
    const left = Math.floor(at);
    for (let k = -1; k <= 2; k += 1) {
      const from = Math.min(Math.max(left + k, 0), input - 1);
      addShare(shares, from * length + i, cubic(Math.abs(at - left - k)));
    }
  }
  return shares;
}

function cubic(distance: number): number {
  if (distance <= 1) return ((CUBIC + 2) * distance - (CUBIC + 3)) * distance * distance + 1;
  return ((CUBIC * distance - 5 * CUBIC) * distance + 8 * CUBIC) * distance - 4 * CUBIC;
}

function addShare(shares: Float32Array, at: number, share: number): void {
  shares[at] = (shares[at] ?? 0) + share;
}

function cornerStep(input: number, length: number): number {
  return length > 1 ? (input - 1) / (length - 1) : 0;
}

function axesOf(
  x: tf.Tensor,
  { size, scaleFactor, recomputeScaleFactor }: InterpolateOptions,
): { readonly axis: number; readonly length: number; readonly step: number }[] {
  const dimensions = x.rank - 2;
  const given = size ?? scaleFactor;
  const numbers = typeof given === "number" ? Array.from({ length: dimensions }, () => given) : [...(given ?? [])];
  const isOne = (size === undefined) !== (scaleFactor === undefined) && !(size !== undefined && recomputeScaleFactor);
  const lengths = numbers.map((number, i) =>
    size === undefined ? Math.floor((x.shape[i + 2] ?? 0) * number) : number,
  );
  if (!isOne || lengths.length !== dimensions || !lengths.every((length) => Number.isInteger(length) && length > 0))
    throw new MisconfigurationError({
      message: "interpolate: the size of the result does not fit.",
      expected: `either size or scaleFactor, one number or ${dimensions}, and a result of at least 1 in each dimension`,
      received: JSON.stringify({ size, scaleFactor }),
    });
  return lengths.map((length, i) => {
    const input = x.shape[i + 2] ?? 0;
    const factor = numbers[i] ?? 1;
    return { axis: i + 2, length, step: size === undefined && !recomputeScaleFactor ? 1 / factor : input / length };
  });
}

function checkMode(x: tf.Tensor, mode: InterpolateMode, alignCorners: boolean): void {
  const dimensions = new Map(Object.entries(DIMENSIONS)).get(mode);
  if (dimensions === undefined || (alignCorners && !mode.includes("linear") && mode !== "bicubic"))
    throw new MisconfigurationError({
      message: "interpolate: there is no such mode.",
      expected: `one of ${Object.keys(DIMENSIONS).join(", ")}; alignCorners not with nearest and area`,
      received: `${JSON.stringify(mode)}, alignCorners ${alignCorners}`,
    });
  if (dimensions.includes(x.rank - 2)) return;
  throw new ShapeError({
    message: `interpolate: mode "${mode}" takes another number of dimensions.`,
    expected: dimensions.map((count) => `[N, C${", length".repeat(count)}]`).join(" or "),
    received: formatShape(x.shape),
    shapes: [x.shape],
  });
}
