import { backend_util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { Elementwise, type Operand } from "./elementwise.js";
import { cast } from "./fused/emit.js";

/*
 * ONNX Runtime computes Log, Sin, Cos, Atan, Asin, Acos, Elu, Selu and Softplus of the last few elements of a vector,
 * and of every piece that a thread takes, by other code than the rest, with other last bits. These forms give a number
 * the same bits wherever it lies: they are made of functions that do (Exp, Tanh, arithmetic), or computed in float64,
 * whose two codes differ so rarely and so little that the rounding to float32 hides it.
 */

/** Below this magnitude log(1 + x) and exp(x) - 1 are x. */
const TINY = 1e-8;

export function log(graph: GraphBuilder, x: GraphValue): GraphValue {
  return inDouble(graph, x, (value) => graph.op("Log", [value]));
}

export function sin(graph: GraphBuilder, x: GraphValue): GraphValue {
  return inDouble(graph, x, (value) => graph.op("Sin", [value]));
}

export function cos(graph: GraphBuilder, x: GraphValue): GraphValue {
  return inDouble(graph, x, (value) => graph.op("Cos", [value]));
}

/** log(1 + x), exact near 0. */
export function log1p(graph: GraphBuilder, x: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const logarithm = inDouble(graph, x, (value) => graph.op("Log", [e.add(value, 1)]));
  return e.where(e.less(e.unary("Abs", x), TINY), x, logarithm);
}

/** exp(x) - 1, exact near 0. */
export function expm1(graph: GraphBuilder, x: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const difference = inDouble(graph, x, (value) => e.sub(graph.op("Exp", [value]), 1));
  return e.where(e.less(e.unary("Abs", x), TINY), x, difference);
}

/** log(1 + exp(x)). */
export function softplus(graph: GraphBuilder, x: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const rest = log1p(graph, e.unary("Exp", e.unary("Neg", e.unary("Abs", x))));
  return e.add(graph.op("Relu", [x]), rest);
}

/** x where it is positive, else exp(x) - 1; a NaN stays. */
export function elu(graph: GraphBuilder, x: GraphValue): GraphValue {
  return scaledElu(graph, x, 1, 1);
}

export function selu(graph: GraphBuilder, x: GraphValue): GraphValue {
  return scaledElu(graph, x, backend_util.SELU_SCALE, backend_util.SELU_SCALEALPHA);
}

/**
 * exp(x) - 1 as tanh(x / 2) · (exp(x) + 1), in float32: a few last bits less exact than `expm1`, and faster than ONNX
 * Runtime's Elu.
 */
function scaledElu(graph: GraphBuilder, x: GraphValue, positive: number, negative: number): GraphValue {
  const e = new Elementwise(graph);
  const scaled = (value: GraphValue, factor: number) => (factor === 1 ? value : e.mul(value, factor));
  // The branch that is not taken must stay finite, so the exponential sees no positive number.
  const y = graph.op("Min", [x, graph.constant(0, "float32")]);
  const below = scaled(e.mul(e.unary("Tanh", e.mul(y, 0.5)), e.add(e.unary("Exp", y), 1)), negative);
  return e.where(e.greater(x, 0), scaled(x, positive), below);
}

/**
 * The angle whose tangent is x: a polynomial on [-0.42, 0.42] (Cephes' atanf), to which larger arguments are turned.
 */
export function atan(graph: GraphBuilder, x: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const size = e.unary("Abs", x);
  const [isLarge, isMiddle] = [e.greater(size, Math.tan((3 * Math.PI) / 8)), e.greater(size, Math.tan(Math.PI / 8))];
  const pick = (large: Operand, middle: Operand, small: Operand) =>
    e.where(isLarge, large, e.where(isMiddle, middle, small));
  const t = pick(e.unary("Neg", e.unary("Reciprocal", size)), e.div(e.sub(size, 1), e.add(size, 1)), size);
  const square = e.mul(t, t);
  const start = e.add(e.mul(square, 0.0805374449538), -0.138776856032);
  const series = [0.199777106478, -0.333329491539].reduce((sum, term) => e.add(e.mul(sum, square), term), start);
  const angle = e.add(e.add(e.mul(e.mul(series, square), t), t), pick(Math.PI / 2, Math.PI / 4, 0));
  return e.mul(angle, e.unary("Sign", x));
}

/** x / √(1 - x²) is the tangent of the angle; NaN beyond ±1. */
export function asin(graph: GraphBuilder, x: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const { below, above } = distances(graph, x);
  return atan(graph, e.div(x, e.unary("Sqrt", e.mul(below, above))));
}

/** √((1 - x) / (1 + x)) is the tangent of half the angle; NaN beyond ±1. */
export function acos(graph: GraphBuilder, x: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const { below, above } = distances(graph, x);
  return e.mul(atan(graph, e.unary("Sqrt", e.div(below, above))), 2);
}

/** 1 - x and 1 + x. */
function distances(graph: GraphBuilder, x: GraphValue): { below: GraphValue; above: GraphValue } {
  const e = new Elementwise(graph);
  return { below: e.add(e.unary("Neg", x), 1), above: e.add(x, 1) };
}

function inDouble(graph: GraphBuilder, x: GraphValue, compute: (value: GraphValue) => GraphValue): GraphValue {
  return cast(graph, compute(cast(graph, x, "float64")), "float32");
}
