import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { binary, cast } from "./emit.js";

export interface Targets {
  /** int64 [N]: the class of every row, 0 where the row is ignored. */
  readonly classes: GraphValue;
  /** bool [N]. */
  readonly isIgnored: GraphValue;
  /** float32 [N]: 1 where the row counts, 0 where it is ignored. */
  readonly weights: GraphValue;
}

/** Splits int32 targets into classes and row weights. A class below 0 stays out of range, so gathering it is an error. */
export function readTargets(graph: GraphBuilder, target: GraphValue, ignoreIndex: number): Targets {
  const isIgnored = graph.op("Equal", [target, graph.constant(ignoreIndex, "int32", [])], { dtype: "bool" });
  const isCounted = graph.op("Not", [isIgnored]);
  const counted = binary(graph, "Mul", target, cast(graph, isCounted, "int32"));
  return {
    isIgnored,
    classes: cast(graph, cast(graph, counted, "uint32"), "int64"),
    weights: cast(graph, isCounted, "float32"),
  };
}
