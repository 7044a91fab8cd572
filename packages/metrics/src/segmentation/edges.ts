/** 0 and 1 of one class of one image, row by row. */
export interface Mask {
  readonly values: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
}

/** Points of a region, each as row · width + column. */
export type Edge = readonly number[];

/** The points of a region with a neighbour outside of it or of the image, above, below, left or right. */
export function edgeOf({ values, height, width }: Mask): Edge {
  const isInside = (row: number, column: number) =>
    row >= 0 && row < height && column >= 0 && column < width && values[row * width + column] === 1;
  const edge: number[] = [];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      if (!isInside(row, column)) continue;
      const isWithin =
        isInside(row - 1, column) &&
        isInside(row + 1, column) &&
        isInside(row, column - 1) &&
        isInside(row, column + 1);
      if (!isWithin) edge.push(row * width + column);
    }
  return edge;
}
