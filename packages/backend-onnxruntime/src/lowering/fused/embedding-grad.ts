import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { numberAttribute, requiredInput } from "./attributes.js";
import { binary, cast, elementCount, floatConstant, isEmpty, reshape, zeros } from "./emit.js";

/** Adds the rows of dy into the rows of a zero table that were gathered. */
export const embeddingGrad: LazyKernel = {
  name: "lit.EmbeddingGrad",

  record(inputs, attrs) {
    const dy = requiredInput("lit.EmbeddingGrad", inputs, "dy");
    const indices = requiredInput("lit.EmbeddingGrad", inputs, "indices");
    const rows = numberAttribute(attrs, "rows");
    return {
      inputs: [dy, indices],
      outputs: [{ shape: [rows, dy.shape.at(-1) ?? 0], dtype: "float32" }],
      attrs: { rows, paddingIndex: numberAttribute(attrs, "paddingIndex") },
    };
  },

  lower(graph, [dy, indices], attrs) {
    if (dy === undefined || indices === undefined) return [];
    const rows = numberAttribute(attrs, "rows");
    const paddingIndex = numberAttribute(attrs, "paddingIndex");
    const width = dy.shape.at(-1) ?? 0;
    const count = elementCount(indices.shape);
    const table = zeros(graph, [rows, width]);
    if (isEmpty(dy) || isEmpty(table)) return [table];
    const flatIndices = reshape(graph, cast(graph, indices, "int64"), [count]);
    const flatRows = withoutPadding(graph, reshape(graph, dy, [count, width]), flatIndices, paddingIndex);
    const positions = reshape(graph, flatIndices, [count, 1]);
    return [graph.op("ScatterND", [table, positions, flatRows], { shape: [rows, width], attrs: { reduction: "add" } })];
  },
};

function withoutPadding(graph: GraphBuilder, rows: GraphValue, indices: GraphValue, paddingIndex: number): GraphValue {
  if (paddingIndex < 0) return rows;
  const isPadding = graph.op("Equal", [indices, graph.constant(paddingIndex, "int64", [])], { dtype: "bool" });
  const keep = binary(graph, "Sub", floatConstant(graph, 1), cast(graph, isPadding, "float32"));
  return binary(graph, "Mul", rows, reshape(graph, keep, [indices.shape[0] ?? 0, 1]));
}
