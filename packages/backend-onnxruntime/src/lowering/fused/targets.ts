import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { checkIndices } from "../check-indices.js";
import { binary, cast } from "./emit.js";

export interface Targets {
  /** int64 [N], on a device int32: the class of every row, 0 where the row is ignored. */
  readonly classes: GraphValue;
  /** bool [N]. */
  readonly isIgnored: GraphValue;
  /** float32 [N]: 1 where the row counts, 0 where it is ignored. */
  readonly weights: GraphValue;
}

/**
 * Splits int32 targets into classes and row weights. Unless the host has checked them, the run fails where the class of
 * a row that counts is not from 0 to `classCount` - 1.
 */
export function readTargets(
  graph: GraphBuilder,
  target: GraphValue,
  options: { readonly ignoreIndex: number; readonly classCount: number; readonly areChecked: boolean },
): Targets {
  const { ignoreIndex, classCount, areChecked } = options;
  const isIgnored = graph.op("Equal", [target, graph.constant(ignoreIndex, "int32", [])], { dtype: "bool" });
  const isCounted = graph.op("Not", [isIgnored]);
  const counted = binary(graph, "Mul", target, cast(graph, isCounted, "int32"));
  if (!areChecked) checkIndices(graph, counted, classCount);
  // The processor gathers by int64; not every device has it.
  const classes = graph.target === undefined ? cast(graph, counted, "int64") : counted;
  return { isIgnored, classes, weights: cast(graph, isCounted, "float32") };
}
