import type { Edge } from "./edges.js";

export type DistanceMetric = "euclidean" | "chessboard" | "taxicab";

/** What a distance is measured with: the length of a step down and of a step to the right. */
export interface Ruler {
  readonly distanceMetric: DistanceMetric;
  readonly spacing: readonly [number, number];
}

/** How far two points are apart, of how far they are down and across. Grows with both. */
const APART: Readonly<Record<DistanceMetric, (down: number, across: number) => number>> = {
  euclidean: (down, across) => Math.sqrt(down * down + across * across),
  chessboard: Math.max,
  taxicab: (down, across) => down + across,
};

/** How far each point of an image is from the nearest point of an edge in its row; Infinity in rows without any. */
function distancesInRows(edge: Edge, height: number, width: number, step: number): Float64Array {
  const distances = new Float64Array(height * width).fill(Number.POSITIVE_INFINITY);
  for (const point of edge) distances[point] = 0;
  for (let row = 0; row < height; row++) {
    const first = row * width;
    for (let i = first + 1; i < first + width; i++) shorten(distances, i, i - 1, step);
    for (let i = first + width - 2; i >= first; i--) shorten(distances, i, i + 1, step);
  }
  return distances;
}

function shorten(distances: Float64Array, i: number, neighbour: number, step: number): void {
  const by = (distances[neighbour] ?? Number.POSITIVE_INFINITY) + step;
  if (by < (distances[i] ?? Number.POSITIVE_INFINITY)) distances[i] = by;
}

/**
 * The largest of the distances from points of one edge to the nearest point of another; Infinity if one is empty.
 * @param size of the image that both are in
 */
export function farthest(
  from: Edge,
  to: Edge,
  { height, width }: { readonly height: number; readonly width: number },
  { distanceMetric, spacing: [down, across] }: Ruler,
): number {
  if (from.length === 0 || to.length === 0) return Number.POSITIVE_INFINITY;
  const apart = APART[distanceMetric];
  const inRows = distancesInRows(to, height, width, across);
  let most = 0;
  for (const point of from) {
    const row = Math.floor(point / width);
    let least = inRows[point] ?? Number.POSITIVE_INFINITY;
    // Rows farther away than the nearest point so far hold no nearer one; a point nearer than `most` changes nothing.
    for (let rows = 1; rows < height && rows * down < least && least > most; rows++) {
      for (const other of [row - rows, row + rows]) {
        if (other < 0 || other >= height) continue;
        const distance = apart(rows * down, inRows[point + (other - row) * width] ?? Number.POSITIVE_INFINITY);
        if (distance < least) least = distance;
      }
    }
    if (least > most) most = least;
  }
  return most;
}
