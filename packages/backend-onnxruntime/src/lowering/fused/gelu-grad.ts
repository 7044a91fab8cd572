import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { stringAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { binary, floatConstant } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** dx = dy · gelu'(x). Every node is one pass over x, so the constants are arranged to need as few as possible. */
export const geluGrad: FusedLowering<"lit.GeluGrad"> = {
  name: "lit.GeluGrad",

  record(inputs, attrs) {
    const dy = requiredInput("lit.GeluGrad", inputs, "dy");
    const x = requiredInput("lit.GeluGrad", inputs, "x");
    return {
      inputs: [dy, x],
      outputs: [{ shape: x.shape, dtype: "float32" }],
      attrs: { approximate: stringAttribute(attrs, "approximate") },
    };
  },

  lower(graph, [dy, x], attrs) {
    if (dy === undefined || x === undefined) return [];
    const slope = stringAttribute(attrs, "approximate") === "tanh" ? tanhSlope(graph, x) : exactSlope(graph, x);
    return [binary(graph, "Mul", dy, slope)];
  },
};

/**
 * Φ(x) + x·φ(x), with Φ(x) = (1 + erf(x / √2)) / 2 and φ the normal density. With a = x / √2, which erf needs anyway,
 * x·φ(x) = a·e^(-a² - ln √π): the factor goes into the exponent for nothing.
 */
function exactSlope(graph: GraphBuilder, x: GraphValue): GraphValue {
  const a = binary(graph, "Mul", x, floatConstant(graph, Math.SQRT1_2));
  const cdf = graph.op("HardSigmoid", [graph.op("Erf", [a])], {
    attrs: { alpha: { float: 0.5 }, beta: { float: 0.5 } },
  });
  const exponent = binary(graph, "Sub", floatConstant(graph, -0.5 * Math.log(Math.PI)), binary(graph, "Mul", a, a));
  return binary(graph, "Add", cdf, binary(graph, "Mul", a, graph.op("Exp", [exponent])));
}

/** s + x·s·(1 - s)·u' with u = 2·√(2/π)·(x + 0.044715·x³) and s = sigmoid(u), which is what the tanh form equals. */
function tanhSlope(graph: GraphBuilder, x: GraphValue): GraphValue {
  const factor = 2 * Math.sqrt(2 / Math.PI);
  const affine = (value: GraphValue, a: number, b: number) =>
    binary(graph, "Add", binary(graph, "Mul", value, floatConstant(graph, a)), floatConstant(graph, b));
  const square = binary(graph, "Mul", x, x);
  const sigmoid = graph.op("Sigmoid", [binary(graph, "Mul", x, affine(square, factor * 0.044715, factor))]);
  const inner = affine(square, factor * 3 * 0.044715, factor);
  const rest = binary(graph, "Sub", x, binary(graph, "Mul", x, sigmoid));
  const bracket = binary(graph, "Add", binary(graph, "Mul", rest, inner), floatConstant(graph, 1));
  return binary(graph, "Mul", sigmoid, bracket);
}
