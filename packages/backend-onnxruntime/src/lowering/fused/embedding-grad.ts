import { elementCount } from "../../graph/value-spec.js";
import { scatterAdd, scatterAddProgram, scatterAttributes, scatterTaskOf } from "../scatter-add.js";
import { areKnownToExist } from "../known-indices.js";
import { booleanAttribute, numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { isEmpty, reshape, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** Adds the rows of dy into the rows of a zero table that were gathered. */
export const embeddingGrad: FusedLowering<"lit.EmbeddingGrad"> = {
  name: "lit.EmbeddingGrad",

  record(inputs, attrs, known) {
    const dy = requiredInput("lit.EmbeddingGrad", inputs, "dy");
    const indices = requiredInput("lit.EmbeddingGrad", inputs, "indices");
    const rows = numberAttribute(attrs, "rows");
    const width = dy.shape.at(-1) ?? 0;
    const skippedRow = numberAttribute(attrs, "paddingIndex");
    return {
      inputs: [dy, indices],
      outputs: [{ shape: [rows, width], dtype: "float32" }],
      attrs: {
        ...scatterAttributes({
          count: elementCount(indices.shape),
          width,
          extents: [rows],
          outside: "fails",
          skippedRow,
        }),
        areChecked: areKnownToExist(known(indices), { count: rows }),
      },
    };
  },

  indices(attrs) {
    const { extents, outside } = scatterTaskOf(attrs);
    return outside === "fails" ? { input: 1, count: extents[0] ?? 0 } : undefined;
  },

  program: (attrs) => scatterAddProgram(scatterTaskOf(attrs)),

  lower(graph, [dy, indices], attrs) {
    if (dy === undefined || indices === undefined) return [];
    const task = scatterTaskOf(attrs);
    const [rows = 0] = task.extents;
    if (isEmpty(dy) || rows === 0) return [zeros(graph, [rows, task.width])];
    const updates = reshape(graph, dy, [task.count, task.width]);
    return [scatterAdd(graph, updates, indices, { ...task, areChecked: booleanAttribute(attrs, "areChecked") })];
  },
};
