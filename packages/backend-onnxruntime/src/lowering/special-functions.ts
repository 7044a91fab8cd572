import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { Elementwise } from "./elementwise.js";
import { atan } from "./steady-functions.js";

/** The angle of the point (b, a), with the quadrants and infinities of IEEE's atan2. */
export function atan2(graph: GraphBuilder, a: GraphValue, b: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const areInfinite = e.and(graph.op("IsInf", [a], { dtype: "bool" }), graph.op("IsInf", [b], { dtype: "bool" }));
  const y = e.where(areInfinite, e.unary("Sign", a), a);
  const x = e.where(areInfinite, e.unary("Sign", b), b);
  // 0 / 0 is NaN; a point on the axis has the angle of y itself, which keeps the sign of zero.
  const base = e.where(e.and(e.equal(y, 0), e.equal(x, x)), y, atan(graph, e.div(y, x)));
  const half = e.where(isNegative(e, y), -Math.PI, Math.PI);
  return e.where(isNegative(e, x), e.add(base, half), base);
}

/** Whether the sign bit is set, of zeros too. */
function isNegative(e: Elementwise, x: GraphValue): GraphValue {
  return e.less(e.where(e.equal(x, 0), e.unary("Reciprocal", x), x), 0);
}
