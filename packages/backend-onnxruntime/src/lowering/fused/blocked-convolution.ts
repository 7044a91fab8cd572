import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import type { ConvGeometry } from "./conv-geometry.js";
import { onnxConvAttributes, outputShape } from "./conv-geometry.js";
import { reshape, transpose } from "./emit.js";

const DOMAIN = "com.microsoft.nchwc";

/**
 * Whether a convolution can use ONNX Runtime's blocked layout, in which channels come in blocks of the vector width.
 * It takes two thirds of the time of the ordinary one, the reorders included. A kernel of one element is a plain matrix
 * product.
 */
export function canBlock(graph: GraphBuilder, geometry: ConvGeometry): boolean {
  const { kernel, groups, inChannels, outChannels } = geometry;
  if (
    kernel.length !== 2 ||
    groups !== 1 ||
    elementCount(kernel) === 1 ||
    inChannels % 8 !== 0 ||
    outChannels % 8 !== 0
  )
    return false;
  const block = graph.blockedChannels ?? 0;
  return block > 0 && inChannels % block === 0 && outChannels % block === 0;
}

/** Convolution of [N, Ci, H, W] with [Co, Ci, kh, kw] through the blocked layout. `canBlock` must hold. */
export function blockedConvolution(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [x, weight, bias]: readonly [GraphValue, GraphValue, GraphValue | undefined],
): GraphValue {
  const shape = outputShape(geometry);
  const inputs = [graph.op("ReorderInput", [x], { domain: DOMAIN }), blockedWeight(graph, weight), bias];
  const y = graph.op("Conv", inputs, { domain: DOMAIN, shape, attrs: onnxConvAttributes(geometry) });
  return graph.op("ReorderOutput", [y], { domain: DOMAIN, attrs: { channels: geometry.outChannels } });
}

/** [Co, Ci, kh, kw] with the elements in the order [Co / b, Ci / b, kh, kw, b of Ci, b of Co]. */
function blockedWeight(graph: GraphBuilder, weight: GraphValue): GraphValue {
  const block = graph.blockedChannels ?? 1;
  const [outChannels = 0, inChannels = 0, height = 1, width = 1] = weight.shape;
  const split = reshape(graph, weight, [outChannels / block, block, inChannels / block, block, height, width]);
  return reshape(graph, transpose(graph, split, [0, 2, 4, 5, 3, 1]), weight.shape);
}
