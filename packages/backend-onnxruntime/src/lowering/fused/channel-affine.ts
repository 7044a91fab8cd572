import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { axesConstant, floatConstant, reshape } from "./emit.js";

/** [C] as [1, C, 1, …], to broadcast over a [N, C, ...] of this rank. */
export function perChannel(graph: GraphBuilder, value: GraphValue, rank: number): GraphValue {
  return reshape(graph, value, [value.shape[0] ?? 0, ...Array.from({ length: rank - 2 }, () => 1)]);
}

/** A [C] filled with one number. */
export function filledChannels(graph: GraphBuilder, value: number, channels: number): GraphValue {
  return graph.op("Expand", [floatConstant(graph, value), axesConstant(graph, [channels])], { shape: [channels] });
}

/** Every axis of [N, C, ...] but the channels. */
export function axesBesideChannels(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
}
