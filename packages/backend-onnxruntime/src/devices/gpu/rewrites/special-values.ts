import type { GraphBuilder, GraphValue, NodeRequest, Rewrite } from "../../../contract/graph-builder.js";
import { binary, floatConstant } from "../../../lowering/fused/emit.js";
import { reduceAxes } from "../../../lowering/sums/reduce-axes.js";

/*
 * Shaders may take for granted that no number is NaN or infinite, and many of the provider's drop them: a comparison
 * chooses, a maximum protects. `Max` and `Min` look at the bits, so a value that is known to lie on one side of another
 * takes that one's NaN through them.
 */

/** The number after the lowest finite one. */
const NEARLY_LOWEST = -3.4028232635611926e38;

/** `Relu` is the larger one of x and 0. */
export const relu: Rewrite = (graph, { inputs: [x] }) =>
  x?.dtype === "float32" || x?.dtype === "int32" ? [graph.op("Max", [x, graph.constant(0, x.dtype)])] : undefined;

/** `Clip` with the limits that are given. */
export const clip: Rewrite = (graph, { inputs: [x, low, high] }) => {
  if (x === undefined) return undefined;
  const raised = low === undefined ? x : graph.op("Max", [x, low]);
  return [high === undefined ? raised : graph.op("Min", [raised, high])];
};

/** e^x is above x. */
export const exp = floats((graph, x, request, plain) => [graph.op("Max", [first(plain(request)), x])]);

/** log(x) is below x. */
export const log = floats((graph, x, request, plain) => [graph.op("Min", [first(plain(request)), x])]);

/**
 * A sigmoid is above what of x is negative. The cells of recurrent networks can do without: a NaN stays in their states
 * by way of the values that they gate, and each operator counts once for every step there.
 */
export const sigmoid = floats((graph, x, request, plain) => {
  if (graph.isRepetition === true) return undefined;
  const below = graph.op("Min", [x, floatConstant(graph, 0)]);
  return [graph.op("Max", [first(plain(request)), below])];
});

/**
 * A softmax takes 0 for NaN at its end. The sum of a row's distances to its largest value is at most 0, and NaN where a
 * value of the row is NaN, the largest one is infinite, or all of them are -Infinity: where the softmax is NaN.
 */
export const softmax = floats((graph, x, request, plain) => {
  if (x.shape.includes(0)) return undefined;
  const axis = Number(request.attrs?.["axis"] ?? -1);
  const axes = [axis < 0 ? axis + x.shape.length : axis];
  const distances = binary(graph, "Sub", x, reduceAxes(graph, "ReduceMax", x, axes, true));
  const sums = reduceAxes(graph, "ReduceSum", distances, axes, true);
  return [graph.op("Max", [first(plain(request)), sums], { shape: x.shape })];
});

/**
 * The provider's `TopK` fills rows up with the lowest finite number, and finds that before -Infinity. So the lowest
 * numbers are raised a little for it: these two alone, beside each other in a row, come in the order of their places.
 */
export const topK = floats((graph, x, { attrs = {}, ...request }, plain) => {
  const [values, places] = request.outputs;
  const axis = Number(attrs["axis"] ?? -1);
  if (values === undefined || places === undefined || attrs["largest"] === 0) return undefined;
  const raised = graph.op("Max", [x, floatConstant(graph, NEARLY_LOWEST)]);
  const [, found] = plain({ ...request, attrs, inputs: [raised, request.inputs[1]] });
  return [graph.op("GatherElements", [x, found], { shape: values.shape, attrs: { axis } }), found];
});

/** NaN alone is not equal to itself; the two sides are read by themselves, so that nothing is known of them. */
export const isNaN: Rewrite = (graph, { inputs: [x] }) =>
  x && [graph.op("Not", [graph.op("Equal", [x, x], { dtype: "bool" })])];

export const isInf: Rewrite = (graph, { inputs: [x], attrs }) => {
  if (x === undefined || attrs !== undefined) return undefined;
  const magnitude = graph.op("Abs", [x]);
  return [graph.op("Equal", [magnitude, floatConstant(graph, Number.POSITIVE_INFINITY)], { dtype: "bool" })];
};

type Mending = (
  graph: GraphBuilder,
  x: GraphValue,
  request: NodeRequest,
  plain: Parameters<Rewrite>[2],
) => ReturnType<Rewrite>;

function floats(mend: Mending): Rewrite {
  return (graph, request, plain) => {
    const [x] = request.inputs;
    return x?.dtype === "float32" ? mend(graph, x, request, plain) : undefined;
  };
}

function first([value]: readonly (GraphValue | undefined)[]): GraphValue | undefined {
  return value;
}
