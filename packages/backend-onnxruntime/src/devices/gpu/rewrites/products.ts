import type { GraphBuilder, GraphValue, NodeRequest, OnnxAttribute } from "../../../contract/graph-builder.js";
import { binary, floatConstant, range, transpose } from "../../../lowering/fused/emit.js";

/** `FusedMatMul` of matrices is a `Gemm`; with batches the operands are transposed, and the product scaled. */
export function fusedMatMul(graph: GraphBuilder, { inputs, attrs = {}, outputs }: NodeRequest): GraphValue[] {
  const [a, b] = inputs;
  const shape = outputs[0]?.shape ?? [];
  if (a === undefined || b === undefined) return [];
  const [transA, transB] = [isSet(attrs["transA"]), isSet(attrs["transB"])];
  const alpha = attrs["alpha"] ?? { float: 1 };
  if (a.shape.length === 2 && b.shape.length === 2) {
    const flags = { transA: Number(transA), transB: Number(transB), alpha };
    return [graph.op("Gemm", [a, b], { shape, attrs: flags })];
  }
  const left = swapped(graph, batchFirst(graph, a, attrs["transBatchA"]), transA);
  const right = swapped(graph, batchFirst(graph, b, attrs["transBatchB"]), transB);
  const product = graph.op("MatMul", [left, right], { shape });
  const factor = typeof alpha === "object" && "float" in alpha ? alpha.float : 1;
  return [factor === 1 ? product : binary(graph, "Mul", product, floatConstant(graph, factor))];
}

/** `FusedGemm` is a `Gemm` and its activation. */
export function fusedGemm(graph: GraphBuilder, { inputs, attrs = {}, outputs }: NodeRequest): GraphValue[] {
  const { activation, ...rest } = attrs;
  const shape = outputs[0]?.shape ?? [];
  return [graph.op(String(activation), [graph.op("Gemm", inputs, { shape, attrs: rest })])];
}

/** [outer, batch, inner] -> [batch, outer, inner]. */
function batchFirst(graph: GraphBuilder, value: GraphValue, isOuterFirst: OnnxAttribute | undefined): GraphValue {
  return isSet(isOuterFirst) ? transpose(graph, value, [1, 0, 2]) : value;
}

function swapped(graph: GraphBuilder, value: GraphValue, isSwapped: boolean): GraphValue {
  const rank = value.shape.length;
  return isSwapped ? transpose(graph, value, [...range(0, rank - 2), rank - 1, rank - 2]) : value;
}

function isSet(attribute: OnnxAttribute | undefined): boolean {
  return attribute === 1;
}
