import type { GraphBuilder, GraphValue, NodeRequest } from "../../../contract/graph-builder.js";
import { reshape } from "../../../lowering/fused/emit.js";

/**
 * `BatchNormalization` of a matrix, with a last dimension of 1. Without one, ONNX Runtime's shader gives all channels
 * the statistics of the first one where their number is even.
 */
export function batchNormalization(graph: GraphBuilder, { inputs, attrs = {} }: NodeRequest): GraphValue[] | undefined {
  const [x, ...statistics] = inputs;
  if (x === undefined || x.shape.length !== 2) return undefined;
  const spread = reshape(graph, x, [...x.shape, 1]);
  return [reshape(graph, graph.op("BatchNormalization", [spread, ...statistics], { attrs }), x.shape)];
}
