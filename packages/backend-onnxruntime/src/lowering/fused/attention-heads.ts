import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import type { AttentionOperands } from "./attention.js";
import { concat, emitAll, reshape, transpose } from "./emit.js";

/**
 * [..., T, 3 · C], heads side by side in each of the three -> query, key and value, each [B, heads, T, D] with B all
 * leading dimensions together.
 */
export function headsOf(graph: GraphBuilder, qkv: GraphValue, heads: number): AttentionOperands {
  const [batch, length, width] = packedSizes(qkv.shape);
  const part = { dtype: "float32" as const, shape: [batch, length, width] };
  const parts = emitAll(graph, {
    type: "Split",
    inputs: [reshape(graph, qkv, [batch, length, 3 * width])],
    attrs: { axis: 2, num_outputs: 3 },
    outputs: [part, part, part],
  });
  const [q, k, v] = parts.map((value) => splitHeads(graph, value, heads));
  if (q === undefined || k === undefined || v === undefined)
    throw new RangeError("A split into three has three parts.");
  return { q, k, v };
}

/** Query, key and value of all heads, or their gradients, as they lie in [..., T, 3 · C]. */
export function packHeads(graph: GraphBuilder, parts: readonly GraphValue[], shape: readonly number[]): GraphValue {
  const packed = concat(
    graph,
    parts.map((part) => joinHeads(graph, part)),
    2,
  );
  return reshape(graph, packed, shape);
}

/** [..., T, C] -> [B, heads, T, D]. */
export function splitHeads(graph: GraphBuilder, value: GraphValue, heads: number): GraphValue {
  const [length = 0, width = 0] = value.shape.slice(-2);
  const rows = reshape(graph, value, [elementCount(value.shape.slice(0, -2)), length, heads, width / heads]);
  return transpose(graph, rows, [0, 2, 1, 3]);
}

/** [B, heads, T, D] -> [B, T, C]. */
export function joinHeads(graph: GraphBuilder, value: GraphValue): GraphValue {
  const [batch = 0, heads = 0, length = 0, depth = 0] = value.shape;
  return reshape(graph, transpose(graph, value, [0, 2, 1, 3]), [batch, length, heads * depth]);
}

function packedSizes(shape: readonly number[]): [batch: number, length: number, width: number] {
  const [length = 0, packed = 0] = shape.slice(-2);
  return [elementCount(shape.slice(0, -2)), length, packed / 3];
}
