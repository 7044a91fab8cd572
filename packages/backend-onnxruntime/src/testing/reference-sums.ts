/** float64 sums over some axes, and those of magnitudes, which rounding errors are measured by. */
export interface ReferenceSums {
  readonly sums: Float64Array;
  readonly magnitudes: Float64Array;
}

/** Adds one number after the other, in their order. Walks the axes, because a division for each number takes longer. */
export function referenceSums(values: Float32Array, shape: readonly number[], axes: readonly number[]): ReferenceSums {
  const steps = new Array<number>(shape.length).fill(0);
  let count = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (axes.includes(axis)) continue;
    steps[axis] = count;
    count *= shape[axis] ?? 1;
  }
  const sums = new Float64Array(count);
  const magnitudes = new Float64Array(count);
  let position = 0;
  const walk = (axis: number, first: number): void => {
    const extent = shape[axis] ?? 1;
    const step = steps[axis] ?? 0;
    for (let i = 0, place = first; i < extent; i += 1, place += step) {
      if (axis < shape.length - 1) {
        walk(axis + 1, place);
        continue;
      }
      const value = values[position] ?? Number.NaN;
      sums[place] = (sums[place] ?? 0) + value;
      magnitudes[place] = (magnitudes[place] ?? 0) + Math.abs(value);
      position += 1;
    }
  };
  walk(0, 0);
  return { sums, magnitudes };
}

/** The largest error of `found` times `scale`, relative to the sums of magnitudes; NaN where one is NaN or missing. */
export function largestError(found: ArrayLike<number>, { sums, magnitudes }: ReferenceSums, scale = 1): number {
  if (found.length !== sums.length) return Number.NaN;
  return sums.reduce(
    (worst, sum, i) => Math.max(worst, Math.abs((found[i] ?? Number.NaN) * scale - sum) / (magnitudes[i] ?? 0)),
    0,
  );
}

/** Makes arrays that begin alike: the numbers of a long one are computed once. */
export function repeatedValues(valueOf: (i: number) => number): (count: number) => Float32Array<ArrayBuffer> {
  let known = new Float32Array(0);
  return (count) => {
    if (known.length < count) {
      const longer = new Float32Array(count);
      longer.set(known);
      for (let i = known.length; i < count; i += 1) longer[i] = valueOf(i);
      known = longer;
    }
    return known.slice(0, count);
  };
}
