/** The shapes around a normalization of the last `dims` dimensions of `shape`. */
export function layerNormShapes(
  shape: readonly number[],
  dims: number,
): { statistics: number[]; normalized: number[] } {
  const first = shape.length - dims;
  return { statistics: shape.map((size, axis) => (axis < first ? size : 1)), normalized: shape.slice(first) };
}
