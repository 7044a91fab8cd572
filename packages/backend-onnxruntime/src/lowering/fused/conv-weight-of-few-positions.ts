import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { type ConvGeometry, kernelOffsets } from "./conv-geometry.js";
import { axesConstant, concat, reshape, transpose, zeros } from "./emit.js";
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
 * For every kernel offset one product over all images and positions, all of them in one batch. Positions come first, so
 * that what an offset meets is copied in pieces of all images' channels and not of an image's row, on all threads.
 *
 * @returns [Co, Ci, ...kernel]
 */
export function weightGradOfFewPositions(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [x, dy]: readonly [GraphValue, GraphValue],
): GraphValue {
  const { batch, inChannels, outChannels, kernel, outSpatial } = geometry;
  const [terms, offsets] = [batch * elementCount(outSpatial), elementCount(kernel)];
  const rows = reshape(graph, positionsFirst(graph, dy), [terms, outChannels]);
  const windows = reshape(graph, windowsOfOffsets(graph, geometry, x), [offsets, terms, inChannels]);
  const products = rawMatrixProduct(graph, rows, windows, { transposeA: true });
  const offsetsFirst = reshape(graph, products, [offsets, outChannels * inChannels]);
  return reshape(graph, transpose(graph, offsetsFirst, [1, 0]), [outChannels, inChannels, ...kernel]);
}

/** [N, C, ...spatial] -> [positions, N · C] */
function positionsFirst(graph: GraphBuilder, value: GraphValue): GraphValue {
  const [batch = 0, channels = 0, ...spatial] = value.shape;
  return transpose(graph, reshape(graph, value, [batch * channels, elementCount(spatial)]), [1, 0]);
}

/** What every offset of the kernel meets at every position of dy: [offsets · positions, N · C] */
function windowsOfOffsets(graph: GraphBuilder, geometry: ConvGeometry, x: GraphValue): GraphValue {
  const image = positionsFirst(graph, x);
  const [positions = 0, channels = 0] = image.shape;
  const met = positionsMet(geometry);
  const padded = met.includes(positions) ? concat(graph, [image, zeros(graph, [1, channels])], 0) : image;
  return graph.op("Gather", [padded, axesConstant(graph, met)], { shape: [met.length, channels], attrs: { axis: 0 } });
}

/** For every offset and every position of dy, the position of x; in the padding, the one behind the last. */
function positionsMet({ kernel, stride, dilation, before, inSpatial, outSpatial }: ConvGeometry): number[] {
  const outside = elementCount(inSpatial);
  const positions = kernelOffsets(outSpatial);
  return kernelOffsets(kernel).flatMap((offset) =>
    positions.map((position) => {
      const place = position.map(
        (start, axis) =>
          start * (stride[axis] ?? 1) + (offset[axis] ?? 0) * (dilation[axis] ?? 1) - (before[axis] ?? 0),
      );
      const isInside = place.every((index, axis) => index >= 0 && index < (inSpatial[axis] ?? 0));
      return isInside ? place.reduce((sum, index, axis) => sum * (inSpatial[axis] ?? 1) + index, 0) : outside;
    }),
  );
}
