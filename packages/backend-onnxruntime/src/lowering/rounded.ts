import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { binary, cast, floatConstant } from "./fused/emit.js";

/** The numbers of a float32 value as a short type has them, in float32 again. */
export function roundedByCasts(graph: GraphBuilder, x: GraphValue, dtype: "float16" | "bfloat16"): GraphValue {
  return cast(graph, cast(graph, x, dtype), "float32");
}

/**
 * The same on a device that has nothing of the type: with c = x · (2ⁿ + 1), c − (c − x) is x without its last n bits,
 * rounded to the nearest, ties to even (Veltkamp; compared with casts for every float32 between 1 and 2). Each step is
 * an operator of its own, which no compiler of shaders puts together. What is rounded to zero is +0.
 */
export function roundedByArithmetic(graph: GraphBuilder, x: GraphValue, dtype: "float16" | "bfloat16"): GraphValue {
  return dtype === "float16" ? toFloat16(graph, x) : toBfloat16(graph, x);
}

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
/** Numbers from here on are nearer to what float16 does not have than to its largest. */
const INFINITE_IN_FLOAT16 = 65_520;
const SMALLEST_NORMAL_OF_FLOAT16 = 2 ** -14;
/** Float32 numbers between 1/2 and 1 are as far apart as the smallest of float16. */
const AMONG_SMALLEST_OF_FLOAT16 = 0.75;

function toFloat16(graph: GraphBuilder, x: GraphValue): GraphValue {
  const size = graph.op("Abs", [x]);
  const shift = floatConstant(graph, AMONG_SMALLEST_OF_FLOAT16);
  const small = binary(graph, "Sub", binary(graph, "Add", x, shift), shift);
  const isSmall = isLess(graph, size, floatConstant(graph, SMALLEST_NORMAL_OF_FLOAT16));
  const finite = where(graph, isSmall, small, withoutBits(graph, x, 13));
  const isFinite = isLess(graph, size, floatConstant(graph, INFINITE_IN_FLOAT16));
  // NaN is not less either, and stays NaN.
  return where(graph, isFinite, finite, binary(graph, "Mul", x, floatConstant(graph, LARGEST_FLOAT32)));
}

/** Large numbers are made smaller meanwhile, or c would be infinite. */
function toBfloat16(graph: GraphBuilder, x: GraphValue): GraphValue {
  const size = graph.op("Abs", [x]);
  const isLarge = isLess(graph, floatConstant(graph, 2 ** 64), size);
  const moderate = where(graph, isLarge, binary(graph, "Mul", x, floatConstant(graph, 2 ** -32)), x);
  const rounded = withoutBits(graph, moderate, 16);
  const finite = where(graph, isLarge, binary(graph, "Mul", rounded, floatConstant(graph, 2 ** 32)), rounded);
  return where(graph, isLess(graph, floatConstant(graph, LARGEST_FLOAT32), size), x, finite);
}

function withoutBits(graph: GraphBuilder, x: GraphValue, bits: number): GraphValue {
  const c = binary(graph, "Mul", x, floatConstant(graph, 2 ** bits + 1));
  return binary(graph, "Sub", c, binary(graph, "Sub", c, x));
}

function isLess(graph: GraphBuilder, a: GraphValue, b: GraphValue): GraphValue {
  return graph.op("Less", [a, b], { dtype: "bool", shape: a.shape.length > 0 ? a.shape : b.shape });
}

function where(graph: GraphBuilder, condition: GraphValue, a: GraphValue, b: GraphValue): GraphValue {
  return graph.op("Where", [condition, a, b], { dtype: "float32", shape: b.shape });
}
