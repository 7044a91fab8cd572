import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { reshape } from "./emit.js";
import { areWholeBlocks, BLOCKED_DOMAIN, intoBlocks, outOfBlocks } from "./channel-blocks.js";
import type { ConvGeometry } from "./conv-geometry.js";
import { asImage, isDepthwise, onnxConvAttributes, outputShape } from "./conv-geometry.js";

/**
 * Whether a convolution can use ONNX Runtime's blocked layout, in which channels come in blocks of the vector width.
 * It takes two thirds of the time of the ordinary one, the reorders included, and for a depthwise one a third to a
 * tenth. A kernel of one element is a plain matrix product.
 */
export function canBlock(graph: GraphBuilder, geometry: ConvGeometry): boolean {
  const { kernel, groups, inChannels, outChannels } = geometry;
  if (kernel.length !== 2 || !(groups === 1 || isDepthwise(geometry)) || elementCount(kernel) === 1) return false;
  return areWholeBlocks(graph, inChannels, outChannels);
}

/** Whether a convolution in one dimension can use the blocked layout as one of images of one row. */
export function isOneRow(graph: GraphBuilder, geometry: ConvGeometry): boolean {
  return geometry.kernel.length === 1 && canBlock(graph, asImage(geometry));
}

/** [A, B, L] as [A, B, 1, L]. */
export function withRow(graph: GraphBuilder, value: GraphValue): GraphValue {
  const [first = 0, second = 0, length = 0] = value.shape;
  return reshape(graph, value, [first, second, 1, length]);
}

/**
 * Convolution of [N, Ci, H, W] through the blocked layout. `canBlock` must hold.
 *
 * @param weight a blocked one
 */
export function blockedConvolution(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [x, weight, bias]: readonly [GraphValue, GraphValue, GraphValue | undefined],
): GraphValue {
  return outOfBlocks(graph, convolutionOfBlocks(graph, geometry, [intoBlocks(graph, x), weight, bias]));
}

/** The same of an image in blocks. -> one in blocks */
export function convolutionOfBlocks(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  operands: readonly (GraphValue | undefined)[],
): GraphValue {
  return graph.op("Conv", operands, {
    domain: BLOCKED_DOMAIN,
    shape: outputShape(geometry),
    attrs: onnxConvAttributes(geometry),
  });
}
