import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { numberAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { elementCount } from "../../graph/value-spec.js";
import { listInput } from "./call-inputs.js";
import { blockLength } from "../sums/block-length.js";
import { exactSum } from "../sums/exact-sum.js";
import { LONGEST_ROW, LONGEST_ROW_BLOCK, SHORTEST_ROW_BLOCK } from "../sums/fold-block.js";
import { reduceAxes } from "../sums/reduce-axes.js";
import { axesConstant, binary, cast, concat, floatConstant, isEmpty, reshape, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** The norm over all elements of a list of gradients. */
export const gradNorm: FusedLowering<"lit.GradNorm"> = {
  name: "lit.GradNorm",

  record(inputs, attrs) {
    const count = numberAttribute(attrs, "count");
    const norm = numberAttribute(attrs, "norm");
    if (!(norm > 0))
      throw new FusedKernelError(
        `A gradient norm's order is out of range. Expected a number above 0, or Infinity. Received ${norm}.`,
      );
    return {
      inputs: listInput("lit.GradNorm", inputs, "g", count),
      outputs: [{ shape: [], dtype: "float32" }],
      attrs: { norm },
    };
  },

  lower(graph, inputs, attrs) {
    const norm = numberAttribute(attrs, "norm");
    const parts = inputs
      .filter((grad) => !isEmpty(grad))
      .map((grad) => partsOf(graph, reshape(graph, grad, [elementCount(grad.shape)]), norm));
    if (parts.length === 0) return [zeros(graph, [])];
    const all = concat(graph, parts, 0);
    if (norm === Number.POSITIVE_INFINITY) return [largest(graph, all)];
    const sum = exactSum(graph, all, [0]);
    if (norm === 1) return [sum];
    return [norm === 2 ? graph.op("Sqrt", [sum]) : binary(graph, "Pow", sum, floatConstant(graph, 1 / norm))];
  },
};

/** Numbers [M] whose sum is Σ |g|^norm of one gradient [N], or its largest magnitude as [1]. */
function partsOf(graph: GraphBuilder, flat: GraphValue, norm: number): GraphValue {
  if (norm === 2) return sumsOfSquares(graph, flat);
  const magnitude = graph.op("Abs", [flat]);
  if (norm === Number.POSITIVE_INFINITY) return reshape(graph, largest(graph, magnitude), [1]);
  return exactSum(
    graph,
    norm === 1 ? magnitude : binary(graph, "Pow", magnitude, floatConstant(graph, norm)),
    [0],
    true,
  );
}

/** [N] -> [M] without a copy of the squares, where N has blocks that are worth it. */
function sumsOfSquares(graph: GraphBuilder, flat: GraphValue): GraphValue {
  const [count = 0] = flat.shape;
  const length = count <= LONGEST_ROW ? count : blockLength(count, LONGEST_ROW_BLOCK);
  if (count % length !== 0 || (count > length && length < SHORTEST_ROW_BLOCK))
    return exactSum(graph, binary(graph, "Mul", flat, flat), [0], true);
  return reduceAxes(graph, "ReduceSumSquare", reshape(graph, flat, [count / length, length]), [1], false);
}

/** The largest of [N], as a scalar; NaN if there is one, which ONNX Runtime's ReduceMax passes over. */
function largest(graph: GraphBuilder, values: GraphValue): GraphValue {
  const maximum = (list: GraphValue) =>
    graph.op("ReduceMax", [list, axesConstant(graph, [0])], { shape: [], attrs: { keepdims: 0 } });
  const isNumber = cast(graph, graph.op("Not", [graph.op("IsNaN", [values], { dtype: "bool" })]), "float32");
  const allNumbers = graph.op("ReduceMin", [isNumber, axesConstant(graph, [0])], { shape: [], attrs: { keepdims: 0 } });
  // 0 / 1 where all are numbers, else 0 / 0.
  return binary(graph, "Add", maximum(values), binary(graph, "Div", floatConstant(graph, 0), allNumbers));
}
