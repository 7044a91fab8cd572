/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** How far apart neighbours along each axis lie in row-major order. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/**
 * For every element of `shape`, in order: offset + Σ index · strides, walking along with counters instead of divisions.
 * @param strides one per axis; 0 repeats, a negative one goes backwards
 */
export function walk(shape: readonly number[], strides: readonly number[], offset = 0): Int32Array {
  const result = new Int32Array(sizeOf(shape));
  const index = shape.map(() => 0);
  const last = shape.length - 1;
  let at = offset;
  for (let i = 0; i < result.length; i++) {
    result[i] = at;
    for (let axis = last; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The shape that numpy's broadcasting gives. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1];
    return x === 1 ? y : x;
  });
}

/** For every element of `to`, the element of `from` that it repeats. */
export function broadcastMap(from: readonly number[], to: readonly number[]): Int32Array {
  const own = stridesOf(from);
  const strides = to.map((_, i) => {
    const axis = from.length - to.length + i;
    return axis < 0 || from[axis] === 1 ? 0 : own[axis]!;
  });
  return walk(to, strides);
}

/** For every element of `shape`, the element of the reduced tensor (over `axes`) that it belongs to. */
export function reductionMap(shape: readonly number[], axes: readonly number[]): Int32Array {
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return broadcastMap(kept, shape);
}

/** The shape after a reduction. */
export function reducedShape(shape: readonly number[], axes: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((length, axis) => (axes.includes(axis) ? 1 : length))
    : shape.filter((_, axis) => !axes.includes(axis));
}
