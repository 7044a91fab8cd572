/** Where one output element of a resize looks along an axis: between two elements, `fraction` of the way. */
export interface ResizePosition {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

export function bilinearPositions(
  from: number,
  to: number,
  alignCorners: boolean,
  halfPixel: boolean,
): ResizePosition[] {
  const ratio = ratioOf(from, to, alignCorners);
  return Array.from({ length: to }, (_, i) => {
    const source = halfPixel ? ratio * (i + 0.5) - 0.5 : ratio * i;
    const low = Math.max(0, Math.floor(source));
    return { low, high: Math.min(from - 1, Math.ceil(source)), fraction: source - low };
  });
}

export function nearestPositions(
  from: number,
  to: number,
  alignCorners: boolean,
  halfPixel: boolean,
): ResizePosition[] {
  const ratio = ratioOf(from, to, alignCorners);
  return Array.from({ length: to }, (_, i) => {
    const source = halfPixel ? ratio * (i + 0.5) : ratio * i;
    const low = Math.max(0, Math.min(from - 1, alignCorners ? Math.round(source) : Math.floor(source)));
    return { low, high: low, fraction: 0 };
  });
}

/** The transposed matrix of a resize along one axis, row-major `[from, to]`. */
export function axisWeights(positions: readonly ResizePosition[], from: number): number[] {
  const weights = new Array<number>(from * positions.length).fill(0);
  positions.forEach(({ low, high, fraction }, i) => {
    const add = (row: number, weight: number) =>
      (weights[row * positions.length + i] = (weights[row * positions.length + i] ?? 0) + weight);
    add(low, 1 - fraction);
    add(high, fraction);
  });
  return weights;
}

function ratioOf(from: number, to: number, alignCorners: boolean): number {
  return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
}
