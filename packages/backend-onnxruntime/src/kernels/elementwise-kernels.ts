import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { clip, leakyRelu, relu6 } from "../lowering/activations.js";
import { Elementwise } from "../lowering/elementwise.js";
import { numberAttribute } from "../lowering/read-attributes.js";
import { acos, asin, atan, cos, elu, expm1, log, log1p, selu, sin, softplus } from "../lowering/steady-functions.js";
import { input } from "./kernel-inputs.js";
import { unaryKernel } from "./unary-kernel.js";

/** ONNX ops of the same name and meaning. */
const SAME_NAME = [
  "Acosh",
  "Asinh",
  "Atanh",
  "Cosh",
  "Erf",
  "Exp",
  "Floor",
  "Ceil",
  "Reciprocal",
  "Round",
  "Sigmoid",
  "Sinh",
  "Sqrt",
  "Tan",
  "Tanh",
];
/** Functions for which ONNX's op of that name gives other last bits where an element lies elsewhere in a vector. */
const STEADY = {
  Acos: acos,
  Asin: asin,
  Atan: atan,
  Cos: cos,
  Elu: elu,
  Expm1: expm1,
  Log: log,
  Log1p: log1p,
  Selu: selu,
  Sin: sin,
  Softplus: softplus,
} as const;
const NUMBERS = { accepts: ["float32", "int32"] } as const;

export const ELEMENTWISE_KERNELS: readonly LazyKernel[] = [
  ...SAME_NAME.map((name) => unaryKernel(name, (g, x) => g.op(name, [x]))),
  ...Object.entries(STEADY).map(([name, lower]) => unaryKernel(name, lower)),
  unaryKernel("Abs", (g, x) => g.op("Abs", [x]), NUMBERS),
  unaryKernel("Neg", (g, x) => g.op("Neg", [x]), NUMBERS),
  unaryKernel("Relu", (g, x) => g.op("Relu", [x]), NUMBERS),
  unaryKernel("Relu6", relu6, NUMBERS),
  unaryKernel("Square", (g, x) => g.op("Mul", [x, x]), NUMBERS),
  unaryKernel(
    "Sign",
    (g, x) =>
      x.dtype === "int32"
        ? g.op("Sign", [x])
        : new Elementwise(g).where(g.op("IsNaN", [x], { dtype: "bool" }), 0, g.op("Sign", [x])),
    NUMBERS,
  ),
  unaryKernel("Rsqrt", (g, x) => g.op("Reciprocal", [g.op("Sqrt", [x])])),
  unaryKernel("IsNan", (g, x) => g.op("IsNaN", [x], { dtype: "bool" }), { result: "bool" }),
  unaryKernel("IsInf", (g, x) => g.op("IsInf", [x], { dtype: "bool" }), { result: "bool" }),
  unaryKernel("IsFinite", (g, x) => new Elementwise(g).less(g.op("Abs", [x]), Number.POSITIVE_INFINITY), {
    result: "bool",
  }),
  unaryKernel("LogicalNot", (g, x) => g.op("Not", [x]), { accepts: ["bool"] }),
  scalarKernel("LeakyRelu", ["alpha"], (g, x, [alpha]) => (alpha === undefined ? x : leakyRelu(g, x, alpha))),
  scalarKernel("ClipByValue", ["clipValueMin", "clipValueMax"], (g, x, [low, high]) =>
    low === undefined || high === undefined ? x : clip(g, x, low, high),
  ),
  scalarKernel("Step", ["alpha"], (g, x, [alpha]) => {
    const e = new Elementwise(g);
    const isNaN = g.op("IsNaN", [x], { dtype: "bool" });
    return alpha === undefined ? x : e.where(e.greater(x, 0), 1, e.where(isNaN, x, alpha));
  }),
];

type ScalarLowering = (graph: GraphBuilder, x: GraphValue, scalars: readonly GraphValue[]) => GraphValue;

/** A kernel with the input `x` and numbers that may change from step to step. */
function scalarKernel(name: string, attributes: readonly string[], lower: ScalarLowering): LazyKernel {
  return {
    name,
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (x.dtype !== "float32") return null;
      return {
        inputs: [x],
        outputs: [{ shape: x.shape, dtype: x.dtype }],
        scalars: attributes.map((attribute) => numberAttribute(attrs, attribute)),
      };
    },
    lower: (graph, [x], _attrs, scalars) => (x === undefined ? [] : [lower(graph, x, scalars)]),
  };
}
