import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { binary } from "../fused/emit.js";
import { log } from "../steady-functions.js";
import { exactSum } from "./exact-sum.js";
import { reduceAxes } from "./reduce-axes.js";

/** ONNX Runtime adds the exponentials of a row in a few lanes: an error of 6e-7 at this length, and of 2e-5 at 10⁷. */
const LONGEST = 131_072;

/** Softmax or its logarithm along an axis; over more elements than ONNX Runtime adds up exactly, from an exact sum. */
export function exactSoftmax(
  graph: GraphBuilder,
  type: "Softmax" | "LogSoftmax",
  x: GraphValue,
  axis: number,
): GraphValue {
  if ((x.shape[axis] ?? 1) <= LONGEST || x.shape.includes(0)) return graph.op(type, [x], { attrs: { axis } });
  const relative = binary(graph, "Sub", x, reduceAxes(graph, "ReduceMax", x, [axis], true));
  const exponentials = graph.op("Exp", [relative]);
  const sums = exactSum(graph, exponentials, [axis], true);
  return type === "Softmax"
    ? binary(graph, "Div", exponentials, sums)
    : binary(graph, "Sub", relative, log(graph, sums));
}
