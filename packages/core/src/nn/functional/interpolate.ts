import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./adaptive-pooling.js";
import { checkFloats } from "./check-dtype.js";
import { antialiasedShares, cubicShares, linearShares, type Places } from "./interpolation-shares.js";
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
  /** Whether a result that is smaller averages over what it leaves out; bilinear and bicubic alone. @default false */
  readonly antialias?: boolean | undefined;
}

/** The options of `interpolate`. */
export const INTERPOLATE_OPTIONS = ["size", "scaleFactor", "mode", "alignCorners", "recomputeScaleFactor", "antialias"];

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
 * Changes the lengths of space: x [N, C, L], [N, C, H, W] or [N, C, D, H, W].
 * @throws MisconfigurationError; ShapeError
 */
export function interpolate(x: tf.Tensor, options: InterpolateOptions, ...more: readonly never[]): tf.Tensor {
  requireTensors("interpolate", { x });
  checkOptions("interpolate", options, INTERPOLATE_OPTIONS);
  refuseMore("interpolate", more);
  checkFloats("interpolate", { input: x });
  const { mode = "nearest", alignCorners = false, antialias = false } = options;
  checkMode(x, mode, alignCorners);
  checkAntialias(mode, antialias);
  const axes = axesOf(x, options);
  if (mode === "area") return areas(x, axes);
  return axes.reduce((resized, { axis, length, step }) => {
    const input = x.shape[axis] ?? 0;
    if (input === length && step === 1) return resized;
    const places = { input, length, step: alignCorners ? cornerStep(input, length) : step, alignCorners };
    if (antialias) return mixAlongAxis(resized, axis, antialiasedShares(places, mode === "bicubic"), length);
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

function nearest({ input, length, step }: Places, mode: "nearest" | "nearest-exact"): Int32Array {
  const offset = mode === "nearest" ? 0 : 0.5;
  return Int32Array.from({ length }, (_, i) => Math.min(Math.floor(Math.fround((i + offset) * step)), input - 1));
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

function checkAntialias(mode: InterpolateMode, antialias: boolean): void {
  if (!antialias || mode === "bilinear" || mode === "bicubic") return;
  throw new MisconfigurationError({
    message: "interpolate: antialias is for images alone, as in PyTorch.",
    expected: '"bilinear" or "bicubic"',
    received: JSON.stringify(mode),
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
