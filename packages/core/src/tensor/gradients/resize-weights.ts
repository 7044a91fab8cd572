export interface ResizedAxis {
  readonly from: number;
  readonly to: number;
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/**
 * A matrix [from, to], row by row: how much of each element goes into each element of a resized axis, between its two
 * neighbours.
 */
export function bilinearWeights(axis: ResizedAxis): Float32Array {
  const { from, to, halfPixelCenters } = axis;
  const weights = new Float32Array(from * to);
  for (let i = 0; i < to; i += 1) {
    const source = halfPixelCenters ? scaleOf(axis) * (i + 0.5) - 0.5 : scaleOf(axis) * i;
    const low = Math.max(0, Math.floor(source));
    const high = Math.min(from - 1, Math.ceil(source));
    addTo(weights, low * to + i, 1 - (source - low));
    addTo(weights, high * to + i, source - low);
  }
  return weights;
}

/** The same for the nearest element. */
export function nearestWeights(axis: ResizedAxis): Float32Array {
  const { from, to, alignCorners, halfPixelCenters } = axis;
  const weights = new Float32Array(from * to);
  for (let i = 0; i < to; i += 1) {
    const source = scaleOf(axis) * (halfPixelCenters ? i + 0.5 : i);
    const nearest = Math.max(0, Math.min(from - 1, alignCorners ? Math.round(source) : Math.floor(source)));
    addTo(weights, nearest * to + i, 1);
  }
  return weights;
}

function scaleOf({ from, to, alignCorners }: ResizedAxis): number {
  return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
}

function addTo(weights: Float32Array, index: number, weight: number): void {
  weights[index] = (weights[index] ?? 0) + weight;
}
