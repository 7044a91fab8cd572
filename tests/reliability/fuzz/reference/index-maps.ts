import { Bounded, errorAt, known, ROUNDOFF, type Parts } from "./bounded.js";
import { sizeOf } from "./shapes.js";

/**
 * What a sum of `count` values may be off, relative to the sum of their magnitudes: the rounding of every addition in
 * the worst order, or 1e-6, which is promised for sums of any length.
 */
export function sumError(count: number): number {
  return count < 2 ? 0 : Math.min((count - 1) * ROUNDOFF * 1.0001, 1e-6);
}

/** result[i] = x[map[i]], or 0 where the map says -1. Moves values and adds nothing to their errors. */
export function gatherBy(x: Bounded, map: Int32Array, shape: readonly number[]): Bounded {
  const { values, errors } = gatherParts(x, map);
  return new Bounded(shape, values, errors, [x], (gradient) => [scatterParts(gradient, map, x.size)]);
}

/** result[map[i]] += x[i]; entries that the map sends to -1 are dropped. */
export function scatterBy(x: Bounded, map: Int32Array, shape: readonly number[]): Bounded {
  const { values, errors } = scatterParts(x, map, sizeOf(shape));
  return new Bounded(shape, values, errors, [x], (gradient) => [gatherParts(gradient, map)]);
}

function gatherParts(x: Parts, map: Int32Array): Parts {
  const values = new Float64Array(map.length);
  const errors = x.errors === undefined ? undefined : new Float64Array(map.length);
  for (let i = 0; i < map.length; i++) {
    const from = map[i]!;
    if (from < 0) continue;
    values[i] = x.values[from]!;
    if (errors !== undefined) errors[i] = errorAt(x, from);
  }
  return { values, errors };
}

function scatterParts(x: Parts, map: Int32Array, size: number): Parts {
  const values = new Float64Array(size);
  const errors = new Float64Array(size);
  const magnitudes = new Float64Array(size);
  const counts = new Int32Array(size);
  for (let i = 0; i < map.length; i++) {
    const to = map[i]!;
    if (to < 0) continue;
    const value = x.values[i]!;
    values[to]! += value;
    magnitudes[to]! += Math.abs(value);
    errors[to]! += errorAt(x, i);
    counts[to]!++;
  }
  for (let i = 0; i < size; i++)
    errors[i] = known(errors[i]! + (Number.isFinite(values[i]) ? magnitudes[i]! * sumError(counts[i]!) : 0));
  return { values, errors };
}
