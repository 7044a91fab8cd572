import type { GraphBuilder } from "../../contract/graph-builder.js";

/** Whether one operator adds up any number of terms: on devices that do, and for runtimes that are not ours. */
export function hasExactSums(graph: GraphBuilder): boolean {
  return graph.isPortable === true || graph.target?.sumsExactly === true;
}
