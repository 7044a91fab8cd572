import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { FusedKernelError, listInput, numberAttribute } from "./attributes.js";
import { axesConstant, binary, cast, elementCount, floatConstant, isEmpty, reduceSum, reshape, zeros } from "./emit.js";

/** The norm over all elements of a list of gradients. */
export const gradNorm: LazyKernel = {
  name: "lit.GradNorm",

  record(inputs, attrs) {
    const count = numberAttribute(attrs, "count");
    const norm = numberAttribute(attrs, "norm");
    if (!(norm > 0)) throw new FusedKernelError(`A gradient norm's order is out of range. Expected a number above 0, or Infinity. Received ${norm}.`);
    return { inputs: listInput("lit.GradNorm", inputs, "g", count), outputs: [{ shape: [], dtype: "float32" }], attrs: { norm } };
  },

  lower(graph, inputs, attrs) {
    const norm = numberAttribute(attrs, "norm");
    const parts = inputs.filter((grad) => !isEmpty(grad)).map((grad) => reshape(graph, partOf(graph, grad, norm), [1]));
    if (parts.length === 0) return [zeros(graph, [])];
    const all = parts.length === 1 ? parts[0] : graph.op("Concat", parts, { shape: [parts.length], attrs: { axis: 0 } });
    if (all === undefined) return [];
    if (norm === Number.POSITIVE_INFINITY) return [largest(graph, all)];
    const sum = reduceSum(graph, all, [0]);
    if (norm === 1) return [sum];
    return [norm === 2 ? graph.op("Sqrt", [sum]) : binary(graph, "Pow", sum, floatConstant(graph, 1 / norm))];
  },
};

/** Σ |g|^norm of one gradient, or its largest magnitude. */
function partOf(graph: GraphBuilder, grad: GraphValue, norm: number): GraphValue {
  const flat = reshape(graph, grad, [elementCount(grad.shape)]);
  const reduce = (type: string, value: GraphValue) => graph.op(type, [value, axesConstant(graph, [0])], { shape: [1], attrs: { keepdims: 1 } });
  if (norm === 2) return reduce("ReduceSumSquare", flat);
  const magnitude = graph.op("Abs", [flat]);
  if (norm === Number.POSITIVE_INFINITY) return reshape(graph, largest(graph, magnitude), [1]);
  return reduce("ReduceSum", norm === 1 ? magnitude : binary(graph, "Pow", magnitude, floatConstant(graph, norm)));
}

/** The largest of [N], as a scalar; NaN if there is one, which ONNX Runtime's ReduceMax passes over. */
function largest(graph: GraphBuilder, values: GraphValue): GraphValue {
  const maximum = (list: GraphValue) => graph.op("ReduceMax", [list, axesConstant(graph, [0])], { shape: [], attrs: { keepdims: 0 } });
  const isNumber = cast(graph, graph.op("Not", [graph.op("IsNaN", [values], { dtype: "bool" })]), "float32");
  const allNumbers = graph.op("ReduceMin", [isNumber, axesConstant(graph, [0])], { shape: [], attrs: { keepdims: 0 } });
  // 0 / 1 where all are numbers, else 0 / 0.
  return binary(graph, "Add", maximum(values), binary(graph, "Div", floatConstant(graph, 0), allNumbers));
}
