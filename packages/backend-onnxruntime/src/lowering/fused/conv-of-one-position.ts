import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { type ConvGeometry, extent, outputShape } from "./conv-geometry.js";
import { binary, padTo, range, reshape, slice } from "./emit.js";
import { rawMatrixProduct } from "./matrix-product.js";

/**
 * Whether a convolution has one window, which lies in the image: it is the product of a linear layer, with the weight
 * as it stands in memory, and so are its gradients.
 */
export function hasOnePosition({ groups, outSpatial, before, kernel, dilation, inSpatial }: ConvGeometry): boolean {
  const isInside = kernel.every(
    (size, axis) => before[axis] === 0 && extent(size, dilation[axis]) === size && size <= (inSpatial[axis] ?? 0),
  );
  return groups === 1 && elementCount(outSpatial) === 1 && isInside;
}

/** @param operands x, the weight, and a bias */
export function convOfOnePosition(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [x, weight, bias]: readonly [GraphValue, GraphValue, GraphValue | undefined],
): GraphValue {
  const rows = inputRows(graph, geometry, x);
  const product = rawMatrixProduct(graph, rows, weightRows(graph, weight), { transposeB: true });
  return reshape(graph, bias === undefined ? product : binary(graph, "Add", product, bias), outputShape(geometry));
}

/** The gradient in the input; what no window reached is zero. */
export function inputGradOfOnePosition(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [dy, weight]: readonly [GraphValue, GraphValue],
): GraphValue {
  const { batch, inChannels, outChannels, kernel, inSpatial } = geometry;
  const rows = rawMatrixProduct(graph, reshape(graph, dy, [batch, outChannels]), weightRows(graph, weight));
  return padTo(graph, reshape(graph, rows, [batch, inChannels, ...kernel]), [batch, inChannels, ...inSpatial]);
}

export function weightGradOfOnePosition(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [x, dy]: readonly [GraphValue, GraphValue],
): GraphValue {
  const { batch, inChannels, outChannels, kernel } = geometry;
  const columns = reshape(graph, dy, [batch, outChannels]);
  const product = rawMatrixProduct(graph, columns, inputRows(graph, geometry, x), { transposeA: true });
  return reshape(graph, product, [outChannels, inChannels, ...kernel]);
}

/** [N, Ci · offsets] */
function inputRows(graph: GraphBuilder, { batch, inChannels, kernel }: ConvGeometry, x: GraphValue): GraphValue {
  const window = slice(graph, x, { axes: range(2, x.shape.length), starts: kernel.map(() => 0), ends: kernel });
  return reshape(graph, window, [batch, inChannels * elementCount(kernel)]);
}

/** [Co, Ci · offsets] */
function weightRows(graph: GraphBuilder, weight: GraphValue): GraphValue {
  const [outChannels = 0, ...others] = weight.shape;
  return reshape(graph, weight, [outChannels, elementCount(others)]);
}
