/** A small dense array in float64, for reference implementations that are obviously right. */
export class NdArray {
  readonly data: Float64Array;

  constructor(
    readonly shape: readonly number[],
    values?: ArrayLike<number>,
  ) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    this.data = values === undefined ? new Float64Array(size) : Float64Array.from(values);
  }

  get(index: readonly number[]): number {
    return this.data[this.#position(index)] ?? Number.NaN;
  }

  add(index: readonly number[], value: number): void {
    const position = this.#position(index);
    this.data[position] = (this.data[position] ?? Number.NaN) + value;
  }

  /** Every index, the last dimension fastest. */
  *indices(): Generator<number[]> {
    yield* indicesOf(this.shape);
  }

  #position(index: readonly number[]): number {
    return this.shape.reduce((position, extent, axis) => position * extent + (index[axis] ?? 0), 0);
  }
}

export function* indicesOf(shape: readonly number[]): Generator<number[]> {
  if (shape.includes(0)) return;
  const index = shape.map(() => 0);
  for (;;) {
    yield [...index];
    let axis = shape.length - 1;
    while (axis >= 0 && (index[axis] ?? 0) + 1 === shape[axis]) index[axis--] = 0;
    if (axis < 0) return;
    index[axis] = (index[axis] ?? 0) + 1;
  }
}
