import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { EngineError } from "../errors/engine-error.js";
import { Elementwise } from "./elementwise.js";
import { elu } from "./steady-functions.js";

/** x where it is not negative, else slope · x; a NaN stays. */
export function leakyRelu(graph: GraphBuilder, x: GraphValue, slope: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  return e.where(e.less(x, 0), e.mul(x, slope), x);
}

export function relu6(graph: GraphBuilder, x: GraphValue): GraphValue {
  return clip(graph, x, graph.constant(0, x.dtype), graph.constant(6, x.dtype));
}

/** Limits x to [low, high]; a NaN stays. */
export function clip(graph: GraphBuilder, x: GraphValue, low: GraphValue, high: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const raised = e.where(e.less(x, low), low, x);
  return e.where(e.greater(raised, high), high, raised);
}

/** The activation that tfjs' fused kernels apply last. */
export function activate(
  graph: GraphBuilder,
  x: GraphValue,
  name: string,
  weights: GraphValue | undefined,
  alpha: number,
): GraphValue {
  switch (name) {
    case "linear":
      return x;
    case "relu":
      return graph.op("Relu", [x]);
    case "elu":
      return elu(graph, x);
    case "relu6":
      return relu6(graph, x);
    case "sigmoid":
      return graph.op("Sigmoid", [x]);
    case "leakyrelu":
      return leakyRelu(graph, x, graph.constant(alpha, "float32"));
    case "prelu":
      if (weights !== undefined) return leakyRelu(graph, x, weights);
  }
  throw new EngineError({
    code: "LIT_ENGINE_ACTIVATION",
    message: "A fused kernel was called with an activation that it does not know.",
    received: name,
  });
}
