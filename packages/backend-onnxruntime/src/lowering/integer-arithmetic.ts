import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { Elementwise } from "./elementwise.js";
import { cast } from "./fused/emit.js";

const TWO_TO_31 = 2 ** 31;
const TWO_TO_32 = 2 ** 32;

/**
 * floor(a / b) of int32 values. A quotient by zero is 0, as tfjs stores infinities and NaN;
 * the processor's own division would end the process there, and at -2^31 / -1.
 */
export function floorDivide(graph: GraphBuilder, a: GraphValue, b: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const isZero = e.equal(b, 0);
  const isMinusOne = e.equal(b, -1);
  const divisor = e.where(e.or(isZero, isMinusOne), 1, b);
  const quotient = e.div(a, divisor);
  const remainder = e.sub(a, e.mul(quotient, divisor));
  const isBelow = e.and(e.not(e.equal(remainder, 0)), e.xor(e.less(remainder, 0), e.less(divisor, 0)));
  const floored = e.sub(quotient, cast(graph, isBelow, "int32"));
  return e.where(isZero, 0, e.where(isMinusOne, e.unary("Neg", a), floored));
}

/** The remainder of int32 values with the divisor's sign; 0 for a divisor of zero. */
export function integerModulo(graph: GraphBuilder, a: GraphValue, b: GraphValue, shape: readonly number[]): GraphValue {
  const e = new Elementwise(graph);
  const divisor = e.where(e.or(e.equal(b, 0), e.equal(b, -1)), 1, b);
  return graph.op("Mod", [a, divisor], { shape });
}

/** The remainder of float32 values with the divisor's sign; NaN for a divisor that is infinite on the other side. */
export function floatModulo(graph: GraphBuilder, a: GraphValue, b: GraphValue, shape: readonly number[]): GraphValue {
  const e = new Elementwise(graph);
  const remainder = graph.op("Mod", [a, b], { shape, attrs: { fmod: 1 } });
  // Adding a huge divisor and taking the remainder again, as tfjs does in double precision, would lose a small
  // remainder.
  const isInfinite = graph.op("IsInf", [b], { dtype: "bool" });
  const shifted = e.where(isInfinite, Number.NaN, e.add(remainder, b));
  const isSameSide = e.not(e.xor(e.less(a, 0), e.less(b, 0)));
  return e.where(e.or(isSameSide, e.and(e.equal(remainder, 0), e.not(isInfinite))), remainder, shifted);
}

/**
 * floor(a / b) of float32 values, from the exact remainder: a quotient that is rounded first may reach the next whole
 * number (2 / 0.1 as float32 is a little less than 20).
 */
export function floatFloorDivide(
  graph: GraphBuilder,
  a: GraphValue,
  b: GraphValue,
  shape: readonly number[],
): GraphValue {
  const e = new Elementwise(graph);
  const remainder = graph.op("Mod", [a, b], { shape, attrs: { fmod: 1 } });
  const truncated = graph.op("Round", [e.div(e.sub(a, remainder), b)]);
  const isBelow = e.and(e.not(e.equal(remainder, 0)), e.xor(e.less(remainder, 0), e.less(b, 0)));
  const floored = e.sub(truncated, cast(graph, isBelow, "float32"));
  // Any number is its own remainder by an infinity.
  const isInfinite = graph.op("IsInf", [b], { dtype: "bool" });
  return e.where(isInfinite, graph.op("Floor", [e.div(a, b)]), floored);
}

/**
 * Drops the fraction and keeps the lowest 32 bits, as JavaScript stores numbers in an Int32Array; NaN and infinities
 * become 0.
 * @param x float32 or float64
 */
export function truncateToInt(graph: GraphBuilder, x: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const magnitude = e.unary("Abs", x);
  // Numbers beyond 31 bits have few bits behind the point, if any: every step here is exact.
  const whole = x.dtype === "float64" ? e.mul(e.unary("Floor", magnitude), e.unary("Sign", x)) : x;
  const turns = e.unary("Floor", e.add(e.mul(whole, 1 / TWO_TO_32), 0.5));
  const wrapped = e.where(e.less(magnitude, Number.POSITIVE_INFINITY), e.sub(whole, e.mul(turns, TWO_TO_32)), 0);
  return cast(graph, e.where(e.less(magnitude, TWO_TO_31), x, wrapped), "int32");
}

/** a ** b of int32 values, rounded to float64 before it is cut to 32 bits. */
export function integerPower(graph: GraphBuilder, a: GraphValue, b: GraphValue, shape: readonly number[]): GraphValue {
  const power = graph.op("Pow", [cast(graph, a, "float64"), cast(graph, b, "float64")], { shape });
  return truncateToInt(graph, power);
}
