import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";

/** ONNX Runtime's operators for the layout in which channels come in blocks of the vector width b. */
export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

/** [N, C, H, W] with the elements in the order [N, C / b, H, W, b of C]. */
export function intoBlocks(graph: GraphBuilder, value: GraphValue): GraphValue {
  return graph.op("ReorderInput", [value], { domain: BLOCKED_DOMAIN });
}

/** The opposite of `intoBlocks`. */
export function outOfBlocks(graph: GraphBuilder, value: GraphValue): GraphValue {
  const [, channels = 0] = value.shape;
  return graph.op("ReorderOutput", [value], { domain: BLOCKED_DOMAIN, attrs: { channels } });
}
