import { Bounded, errorAt, known, type Parts } from "../reference/bounded.js";
import { scale } from "../reference/arithmetic.js";
import { scatterBy, gatherBy } from "../reference/index-maps.js";
import { windowMap } from "../reference/matrices.js";
import { sizeOf } from "../reference/shapes.js";
import type { Draw } from "../program/draw.js";
import type { ValueKind } from "../program/values.js";
import type { Operation } from "./operation.js";

const KINDS: readonly ValueKind[] = ["normal", "whole", "ones", "zeros", "offset"];

interface DrawnPool {
  readonly shape: readonly number[];
  readonly space: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly before: readonly number[];
  readonly out: readonly number[];
}

/** Windows over [N, C, ...]; padding at most half of the window, as PyTorch asks. */
function drawPool(draw: Draw, dimensions: number): DrawnPool {
  const kernel = Array.from({ length: dimensions }, () => draw.tape.pick([2, 1, 3, 4]));
  const stride = kernel.map((length) => draw.tape.pick([length, 1, 2, 3]));
  const before = kernel.map((length) => draw.tape.below(Math.floor(length / 2) + 1));
  const [batch, channels] = [1 + draw.tape.below(3), 1 + draw.tape.below(5)];
  const most = Math.max(
    1,
    Math.floor((Math.min(draw.budget, 5e6 / sizeOf(kernel)) / (batch * channels)) ** (1 / dimensions)),
  );
  const space = kernel.map((length) => length + draw.tape.below(most));
  const out = space.map((length, axis) => Math.floor((length + 2 * before[axis]! - kernel[axis]!) / stride[axis]!) + 1);
  return { shape: [batch, channels, ...space], space, kernel, stride, before, out };
}

/** For every window of the result, in order, and every cell of it, the element of x under it; -1 in the padding. */
function windowsOf({ shape, space, kernel, stride, before, out }: DrawnPool): Int32Array {
  const one = windowMap(space, kernel, out, { stride, before, dilation: kernel.map(() => 1) });
  const planes = shape[0]! * shape[1]!;
  const map = new Int32Array(planes * one.length);
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < one.length; i++)
      map[plane * one.length + i] = one[i]! < 0 ? -1 : plane * sizeOf(space) + one[i]!;
  }
  return map;
}

const maxPool =
  (dimensions: 1 | 2 | 3): Operation =>
  (draw) => {
    const pool = drawPool(draw, dimensions);
    const x = draw.input({ shape: pool.shape, kinds: KINDS, isFresh: true });
    const text = (lengths: readonly number[]): string => `[${lengths.join(", ")}]`;
    return {
      name: `F.maxPool${dimensions}d`,
      code: `F.maxPool${dimensions}d($0, ${text(pool.kernel)}, { stride: ${text(pool.stride)}, padding: ${text(pool.before)} })`,
      inputs: [x.index],
      shape: [...pool.shape.slice(0, 2), ...pool.out],
      dtype: "float32",
      reference: ([value]) => largest(value!, windowsOf(pool), [...pool.shape.slice(0, 2), ...pool.out]),
    };
  };

/** The largest value of every window; the first of equal ones gets the gradient. */
function largest(x: Bounded, windows: Int32Array, shape: readonly number[]): Bounded {
  const count = sizeOf(shape);
  const cells = windows.length / count;
  const winners = new Int32Array(count);
  for (let place = 0; place < count; place++) {
    let best = -1;
    for (let cell = 0; cell < cells; cell++) {
      const at = windows[place * cells + cell]!;
      if (at >= 0 && (best < 0 || x.values[at]! > x.values[best]!)) best = at;
    }
    winners[place] = best;
  }
  const { values } = gatherBy(x, winners, shape);
  return new Bounded(shape, values, undefined, [x], (gradient) => [shared(gradient, winners, windows, x.size)]);
}

/** An infinite gradient may become NaN in the rest of its window (0 · Infinity), as decision 0033 says. */
function shared(gradient: Parts, winners: Int32Array, windows: Int32Array, size: number): Parts {
  const parts = new Bounded([winners.length], gradient.values, gradient.errors);
  const { values, errors = new Float64Array(size) } = scatterBy(parts, winners, [size]);
  const cells = windows.length / winners.length;
  for (let place = 0; place < winners.length; place++) {
    if (Number.isFinite(gradient.values[place]!) && Number.isFinite(errorAt(gradient, place))) continue;
    for (const at of windows.subarray(place * cells, (place + 1) * cells)) if (at >= 0) errors[at] = Infinity;
  }
  return { values, errors };
}

const avgPool =
  (dimensions: 1 | 2 | 3): Operation =>
  (draw) => {
    const pool = drawPool(draw, dimensions);
    const x = draw.input({ shape: pool.shape, kinds: KINDS, isFresh: true });
    const countsPadding = draw.tape.below(2) === 0;
    const text = (lengths: readonly number[]): string => `[${lengths.join(", ")}]`;
    const shape = [...pool.shape.slice(0, 2), ...pool.out];
    return {
      name: `F.avgPool${dimensions}d`,
      code: `F.avgPool${dimensions}d($0, ${text(pool.kernel)}, { stride: ${text(pool.stride)}, padding: ${text(pool.before)}, countIncludePad: ${countsPadding} })`,
      inputs: [x.index],
      shape,
      dtype: "float32",
      cpuDiffers: "tfjs' cpu backend adds the rounded parts one after the other",
      reference: ([value]) => averaged(value!, windowsOf(pool), shape, countsPadding),
    };
  };

function averaged(x: Bounded, windows: Int32Array, shape: readonly number[], countsPadding: boolean): Bounded {
  const count = sizeOf(shape);
  const cells = windows.length / count;
  const sums = scatterBy(
    gatherBy(x, windows, [windows.length]),
    Int32Array.from(windows, (at, i) => (at < 0 ? -1 : Math.floor(i / cells))),
    shape,
  );
  if (countsPadding) return scale(sums, 1 / cells);
  const inside = new Float64Array(count);
  windows.forEach((at, i) => {
    if (at >= 0) inside[Math.floor(i / cells)]! += 1;
  });
  const divide = (parts: Parts): Parts => ({
    values: Float64Array.from(parts.values, (value, i) => value / inside[i]!),
    errors: Float64Array.from(parts.values, (value, i) =>
      known(errorAt(parts, i) / inside[i]! + Math.abs(value / inside[i]!) * 2 ** -23),
    ),
  });
  const { values, errors } = divide(sums);
  return new Bounded(shape, values, errors, [sums], (gradient) => [divide(gradient)]);
}

export const POOLS: readonly Operation[] = [maxPool(1), maxPool(2), maxPool(3), avgPool(1), avgPool(2), avgPool(3)];
