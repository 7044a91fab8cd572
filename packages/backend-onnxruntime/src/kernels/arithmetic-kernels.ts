import { backend_util, type DataType } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { leakyRelu } from "../lowering/activations.js";
import { Elementwise } from "../lowering/elementwise.js";
import { cast } from "../lowering/fused/emit.js";
import {
  floatFloorDivide,
  floatModulo,
  floorDivide,
  integerModulo,
  integerPower,
  truncateToInt,
} from "../lowering/integer-arithmetic.js";
import { atan2 } from "../lowering/special-functions.js";
import { binaryKernel, type BinaryOptions } from "./binary-kernel.js";
import { inputList } from "./kernel-inputs.js";

const FLOATS: BinaryOptions = { accepts: ["float32"] };
const COMPARES: BinaryOptions = { accepts: ["float32", "int32", "bool"], result: "bool" };
const LOGICAL: BinaryOptions = { accepts: ["bool"], result: "bool" };

export const ARITHMETIC_KERNELS: readonly LazyKernel[] = [
  plain("Add", "Add"),
  plain("Sub", "Sub"),
  plain("Multiply", "Mul"),
  plain("Maximum", "Max"),
  plain("Minimum", "Min"),
  binaryKernel("Pow", (g, a, b, shape) =>
    a.dtype === "int32" ? integerPower(g, a, b, shape) : g.op("Pow", [a, b], { shape }),
  ),
  plain("RealDiv", "Div", FLOATS),
  plain("BitwiseAnd", "BitwiseAnd", { accepts: ["int32"] }),
  compare("Equal", "Equal"),
  compare("Greater", "Greater"),
  compare("GreaterEqual", "GreaterOrEqual"),
  compare("Less", "Less"),
  compare("LessEqual", "LessOrEqual"),
  binaryKernel("NotEqual", (g, a, b, shape) => g.op("Not", [compareValues(g, "Equal", a, b, shape)]), COMPARES),
  binaryKernel("LogicalAnd", (g, a, b, shape) => g.op("And", [a, b], { shape }), LOGICAL),
  binaryKernel("LogicalOr", (g, a, b, shape) => g.op("Or", [a, b], { shape }), LOGICAL),
  binaryKernel("LogicalXor", (g, a, b, shape) => g.op("Xor", [a, b], { shape }), LOGICAL),
  binaryKernel("FloorDiv", floorDiv, { result: "int32" }),
  binaryKernel("Mod", (g, a, b, shape) =>
    a.dtype === "int32" ? integerModulo(g, a, b, shape) : floatModulo(g, a, b, shape),
  ),
  binaryKernel("Atan2", atan2, FLOATS),
  binaryKernel("SquaredDifference", (g, a, b) => {
    const e = new Elementwise(g);
    const difference = e.sub(a, b);
    return e.mul(difference, difference);
  }),
  eluGrad(),
  prelu(),
  addN(),
];

function plain(name: string, type: string, options?: BinaryOptions): LazyKernel {
  return binaryKernel(name, (graph, a, b, shape) => graph.op(type, [a, b], { shape }), options);
}

function compare(name: string, type: string): LazyKernel {
  return binaryKernel(name, (graph, a, b, shape) => compareValues(graph, type, a, b, shape), COMPARES);
}

function compareValues(
  graph: GraphBuilder,
  type: string,
  a: GraphValue,
  b: GraphValue,
  shape: readonly number[],
): GraphValue {
  const inputs = a.dtype === "bool" && type !== "Equal" ? [cast(graph, a, "int32"), cast(graph, b, "int32")] : [a, b];
  return graph.op(type, inputs, { dtype: "bool", shape });
}

function floorDiv(graph: GraphBuilder, a: GraphValue, b: GraphValue, shape: readonly number[]): GraphValue {
  return a.dtype === "int32" ? floorDivide(graph, a, b) : truncateToInt(graph, floatFloorDivide(graph, a, b, shape));
}

/** dy where y is not negative, else dy · (y + 1). */
function eluGrad(): LazyKernel {
  return {
    name: "EluGrad",
    record({ dy, y }) {
      if (dy?.dtype !== "float32" || y?.dtype !== "float32") return null;
      return { inputs: [dy, y], outputs: [{ shape: y.shape, dtype: "float32" }] };
    },
    lower(graph, [dy, y]) {
      if (dy === undefined || y === undefined) return [];
      const e = new Elementwise(graph);
      return [e.where(e.greaterOrEqual(y, 0), dy, e.mul(dy, e.add(y, 1)))];
    },
  };
}

function prelu(): LazyKernel {
  return {
    name: "Prelu",
    record({ x, alpha }) {
      if (x?.dtype !== "float32" || alpha?.dtype !== "float32") return null;
      return {
        inputs: [x, alpha],
        outputs: [{ shape: backend_util.assertAndGetBroadcastShape(x.shape, alpha.shape), dtype: "float32" }],
      };
    },
    lower: (graph, [x, alpha]) => (x === undefined || alpha === undefined ? [] : [leakyRelu(graph, x, alpha)]),
  };
}

function addN(): LazyKernel {
  const accepted: readonly DataType[] = ["float32", "int32"];
  return {
    name: "AddN",
    record(inputs) {
      const list = inputList(inputs);
      const [first] = list;
      if (first === undefined || list.some(({ dtype }) => dtype !== first.dtype || !accepted.includes(dtype)))
        return null;
      return { inputs: list, outputs: [{ shape: first.shape, dtype: first.dtype }] };
    },
    lower: (graph, [first, ...rest]) =>
      first === undefined ? [] : [rest.reduce((sum, value) => graph.op("Add", [sum, value]), first)],
  };
}
