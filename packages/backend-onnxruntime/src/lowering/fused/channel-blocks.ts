import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";

/** ONNX Runtime's operators for the layout in which channels come in blocks of the vector width b. */
export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

/** With channels that no block of this many divides, nobody need ask which blocks the machine has. */
const LEAST_BLOCK = 8;

/** Whether the layout may be used, and these numbers of channels are whole blocks. */
export function areWholeBlocks(graph: GraphBuilder, ...channels: readonly number[]): boolean {
  if (channels.some((count) => count % LEAST_BLOCK !== 0)) return false;
  const block = graph.blockedChannels ?? 0;
  return block > 0 && channels.every((count) => count % block === 0);
}

/** [N, C, H, W] with the elements in the order [N, C / b, H, W, b of C]. */
export function intoBlocks(graph: GraphBuilder, value: GraphValue): GraphValue {
  return graph.op("ReorderInput", [value], { domain: BLOCKED_DOMAIN });
}

/** The opposite of `intoBlocks`. */
export function outOfBlocks(graph: GraphBuilder, value: GraphValue): GraphValue {
  const [, channels = 0] = value.shape;
  return graph.op("ReorderOutput", [value], { domain: BLOCKED_DOMAIN, attrs: { channels } });
}
