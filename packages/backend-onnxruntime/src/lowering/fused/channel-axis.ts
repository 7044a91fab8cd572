import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { range, reshape } from "./emit.js";

/** [C] as [1, C, 1, …], to broadcast over a [N, C, ...] of this rank. */
export function perChannel(graph: GraphBuilder, value: GraphValue, rank: number): GraphValue {
  return reshape(graph, value, [value.shape[0] ?? 0, ...Array.from({ length: rank - 2 }, () => 1)]);
}

/** Every axis of [N, C, ...] but the channels. */
export function axesBesideChannels(rank: number): number[] {
  return range(0, rank).filter((axis) => axis !== 1);
}
