import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { type ConvGeometry, extent, kernelOffsets } from "./conv-geometry.js";
import { concat, pad, reshape, slice, transpose } from "./emit.js";
import { rawMatrixProduct } from "./matrix-product.js";

/** Positions of an image up to which one product over all images takes less time than one for each image. */
const FEW_POSITIONS = 64;
/** Terms up to which a product adds no more drift than the sum over the images did. */
const MOST_TERMS = 4096;
/** With fewer channels the copies of windows come in short pieces. */
const LEAST_CHANNELS = 8;

/**
 * Whether a weight gradient is computed by one product over all images: up to twice as fast for few positions. With
 * fewer rows than columns, threads would change its last bits.
 */
export function hasFewPositions({ batch, groups, outChannels, inChannels, outSpatial }: ConvGeometry): boolean {
  const positions = elementCount(outSpatial);
  const isSmall = positions <= FEW_POSITIONS && batch * positions <= MOST_TERMS;
  return groups === 1 && batch > 1 && isSmall && inChannels >= LEAST_CHANNELS && outChannels >= inChannels;
}

/**
 * For every kernel offset one product over all images and positions. Positions come first, so that padding and windows
 * are copied in pieces of all images' channels and not of an image's row.
 *
 * @returns [Co, Ci, ...kernel]
 */
export function weightGradOfFewPositions(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [x, dy]: readonly [GraphValue, GraphValue],
): GraphValue {
  const { batch, inChannels, outChannels, kernel, outSpatial, before, after } = geometry;
  const terms = batch * elementCount(outSpatial);
  const rows = reshape(graph, positionsFirst(graph, dy), [terms, outChannels]);
  const image = pad(graph, positionsFirst(graph, x), [...before, 0], [...after, 0]);
  const parts = kernelOffsets(kernel).map((offset) => {
    const window = reshape(graph, windowAt(graph, geometry, image, offset), [terms, inChannels]);
    const product = rawMatrixProduct(graph, rows, window, { transposeA: true });
    return reshape(graph, product, [1, outChannels * inChannels]);
  });
  return reshape(graph, transpose(graph, concat(graph, parts, 0), [1, 0]), [outChannels, inChannels, ...kernel]);
}

/** [N, C, ...spatial] -> [...spatial, N · C] */
function positionsFirst(graph: GraphBuilder, value: GraphValue): GraphValue {
  const [batch = 0, channels = 0, ...spatial] = value.shape;
  const matrix = reshape(graph, value, [batch * channels, elementCount(spatial)]);
  return reshape(graph, transpose(graph, matrix, [1, 0]), [...spatial, batch * channels]);
}

/** What an element of the kernel meets. */
function windowAt(
  graph: GraphBuilder,
  { dilation, outSpatial, stride }: ConvGeometry,
  image: GraphValue,
  offset: readonly number[],
): GraphValue {
  const starts = offset.map((position, axis) => position * (dilation[axis] ?? 1));
  const ends = starts.map((start, axis) => start + extent(outSpatial[axis], stride[axis]));
  return slice(graph, image, { axes: offset.map((_, axis) => axis), starts, ends, steps: stride });
}
