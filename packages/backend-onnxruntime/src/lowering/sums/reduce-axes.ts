import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { axesConstant, reducedShape } from "../fused/emit.js";

/** One of ONNX's reductions over `axes`, which are dropped unless `keepDims`. */
export function reduceAxes(
  graph: GraphBuilder,
  type: string,
  x: GraphValue,
  axes: readonly number[],
  keepDims: boolean,
): GraphValue {
  const shape = reducedShape(x.shape, axes, keepDims);
  return graph.op(type, [x, axesConstant(graph, axes)], { shape, attrs: { keepdims: keepDims ? 1 : 0 } });
}
