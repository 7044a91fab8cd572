/** Where a tensor's elements lie in its storage, in elements. */
export interface TensorLayout {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Number of elements. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

/** How far apart neighbours of each axis are where nothing lies between the elements. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const length of [...shape].reverse()) {
    strides.unshift(stride);
    stride *= Math.max(length, 1);
  }
  return strides;
}

/** Whether the elements follow one another in order. Axes of length 1 may have any stride. */
export function isContiguous({ shape, strides }: TensorLayout): boolean {
  if (sizeOf(shape) === 0) return true;
  const expected = contiguousStrides(shape);
  return shape.every((length, axis) => length === 1 || strides[axis] === expected[axis]);
}

/** The bytes of a tensor's elements in order; a copy of their own. @param width bytes of one element */
export function gatherBytes(storage: Uint8Array, layout: TensorLayout, width: number): Uint8Array<ArrayBuffer> {
  const size = sizeOf(layout.shape);
  const start = layout.offset * width;
  if (isContiguous(layout)) return new Uint8Array(storage.subarray(start, start + size * width));
  const gathered = new Uint8Array(size * width);
  const index = layout.shape.map(() => 0);
  let from = layout.offset;
  for (let to = 0; to < size; to += 1) {
    for (let byte = 0; byte < width; byte += 1) gathered[to * width + byte] = storage[from * width + byte] ?? 0;
    for (let axis = index.length - 1; axis >= 0; axis -= 1) {
      const [length = 1, stride = 0, at = 0] = [layout.shape[axis], layout.strides[axis], index[axis]];
      from += stride;
      index[axis] = at + 1;
      if (at + 1 < length) break;
      from -= length * stride;
      index[axis] = 0;
    }
  }
  return gathered;
}

/** Turns every word around, in place. */
export function swapBytes(bytes: Uint8Array, wordBytes: number): void {
  for (let start = 0; start + wordBytes <= bytes.length; start += wordBytes) {
    for (let left = start, right = start + wordBytes - 1; left < right; left += 1, right -= 1) {
      const byte = bytes[left] ?? 0;
      bytes[left] = bytes[right] ?? 0;
      bytes[right] = byte;
    }
  }
}
