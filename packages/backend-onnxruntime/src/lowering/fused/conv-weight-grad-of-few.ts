import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import type { ConvGeometry } from "./conv-geometry.js";
import { concat, range, reshape, transpose } from "./emit.js";
import { rawMatrixProduct } from "./matrix-product.js";

/** Positions of an image up to which one product for each image writes far more than it reads. */
const FEW_POSITIONS = 32;
/** Terms up to which a product adds no more drift than the sum over the images did. */
const MOST_TERMS = 4096;
/** With fewer channels the products of the images are small. */
const MANY_CHANNELS = 128;

/**
 * Whether a weight gradient is computed by one product over all images: twice as fast for few positions and many
 * channels. With fewer rows than columns, threads would change its last bits.
 */
export function hasFewPositions({ batch, groups, outChannels, inChannels, outSpatial }: ConvGeometry): boolean {
  const positions = elementCount(outSpatial);
  const isSmall = positions <= FEW_POSITIONS && batch * positions <= MOST_TERMS;
  return groups === 1 && batch > 1 && isSmall && inChannels >= MANY_CHANNELS && outChannels >= inChannels;
}

/** Channels before images: [N, C, ...] -> [C, N, ...]. */
export function channelsFirst(graph: GraphBuilder, value: GraphValue): GraphValue {
  return transpose(graph, value, [1, 0, ...range(2, value.shape.length)]);
}

/**
 * For every kernel offset one product over all images and positions.
 *
 * @param dy,windows [channels, N, P]
 * @returns [Co, Ci, offsets]
 */
export function productOverImages(graph: GraphBuilder, dy: GraphValue, windows: readonly GraphValue[]): GraphValue {
  const flat = (value: GraphValue) => {
    const [channels = 0, ...others] = value.shape;
    return reshape(graph, value, [channels, elementCount(others)]);
  };
  const rows = flat(dy);
  const parts = windows.map((window) => {
    const product = rawMatrixProduct(graph, rows, flat(window), { transposeB: true });
    return reshape(graph, product, [...product.shape, 1]);
  });
  return concat(graph, parts, 2);
}
