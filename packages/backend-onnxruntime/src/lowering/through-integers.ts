import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { cast } from "./fused/emit.js";

/** Runs an op that ONNX Runtime does not have for booleans on integers instead. */
export function throughIntegers(
  graph: GraphBuilder,
  x: GraphValue,
  body: (value: GraphValue) => GraphValue,
): GraphValue {
  if (x.dtype !== "bool") return body(x);
  return cast(graph, body(cast(graph, x, "int32")), "bool");
}
