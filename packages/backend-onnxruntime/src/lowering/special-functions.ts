import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { Elementwise } from "./elementwise.js";

/** exp(x) - 1, exact near 0 (Kahan's correction of the rounded exponential). */
export function expm1(graph: GraphBuilder, x: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const u = e.unary("Exp", x);
  const difference = e.sub(u, 1);
  const corrected = e.mul(difference, e.div(x, e.unary("Log", u)));
  const isTiny = e.equal(u, 1);
  const isPlain = e.or(e.greater(u, 1e30), e.equal(difference, -1));
  return e.where(isTiny, x, e.where(isPlain, difference, corrected));
}

/** log(1 + x), exact near 0. */
export function log1p(graph: GraphBuilder, x: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const u = e.add(x, 1);
  const log = e.unary("Log", u);
  const corrected = e.mul(log, e.div(x, e.sub(u, 1)));
  const isPlain = e.or(e.greater(x, 1e30), e.equal(u, 0));
  return e.where(e.equal(u, 1), x, e.where(isPlain, log, corrected));
}

/** The angle of the point (b, a), with the quadrants and infinities of IEEE's atan2. */
export function atan2(graph: GraphBuilder, a: GraphValue, b: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const areInfinite = e.and(graph.op("IsInf", [a], { dtype: "bool" }), graph.op("IsInf", [b], { dtype: "bool" }));
  const y = e.where(areInfinite, e.unary("Sign", a), a);
  const x = e.where(areInfinite, e.unary("Sign", b), b);
  // 0 / 0 is NaN; a point on the axis has the angle of y itself, which keeps the sign of zero.
  const base = e.where(e.and(e.equal(y, 0), e.equal(x, x)), y, e.unary("Atan", e.div(y, x)));
  const half = e.where(isNegative(e, y), -Math.PI, Math.PI);
  return e.where(isNegative(e, x), e.add(base, half), base);
}

/** Whether the sign bit is set, of zeros too. */
function isNegative(e: Elementwise, x: GraphValue): GraphValue {
  return e.less(e.where(e.equal(x, 0), e.unary("Reciprocal", x), x), 0);
}
