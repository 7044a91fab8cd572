import type { GraphBuilder, GraphValue, NodeRequest, Rewrite } from "../../../contract/graph-builder.js";
import { concat, emitAll } from "../../../lowering/fused/emit.js";

/** `Split` into equal parts, of which one operator may write only so many: first into groups of them. */
export function splitOf(most: number): Rewrite {
  return function split(graph: GraphBuilder, { inputs: [value], attrs = {}, outputs }: NodeRequest) {
    const axis = Number(attrs["axis"] ?? 0);
    if (value === undefined || outputs.length <= most || attrs["num_outputs"] === undefined) return undefined;
    const each = outputs[0]?.shape[axis] ?? 0;
    const perGroup = most ** Math.ceil(Math.log(outputs.length) / Math.log(most) - 1);
    const groups = Math.ceil(outputs.length / perGroup);
    const sizes = Array.from({ length: groups }, (_, group) => Math.min(perGroup, outputs.length - group * perGroup));
    const parts = emitAll(graph, {
      type: "Split",
      inputs: [value],
      attrs: { axis, num_outputs: groups },
      outputs: sizes.map((count) => ({ dtype: value.dtype, shape: value.shape.with(axis, count * each) })),
    });
    return parts.flatMap((part, group) => {
      const own = outputs.slice(group * perGroup, (group + 1) * perGroup);
      if (own.length === 1) return [part];
      return graph.node({ type: "Split", inputs: [part], attrs: { axis, num_outputs: own.length }, outputs: own });
    });
  };
}

/** `Concat` of more parts than one operator may read: of groups, and then of those. */
export function concatOf(most: number): Rewrite {
  return function concatenate(graph: GraphBuilder, { inputs, attrs = {} }: NodeRequest) {
    const parts = inputs.filter((part): part is GraphValue => part !== undefined);
    if (parts.length <= most) return undefined;
    const axis = Number(attrs["axis"]);
    const perGroup = most ** Math.ceil(Math.log(parts.length) / Math.log(most) - 1);
    const groups = Array.from({ length: Math.ceil(parts.length / perGroup) }, (_, group) =>
      concat(graph, parts.slice(group * perGroup, (group + 1) * perGroup), axis),
    );
    return [concat(graph, groups, axis)];
  };
}

/** `Max` or `Min` of several values: of two at a time. */
export function pairwise(type: "Max" | "Min"): Rewrite {
  return function pairs(graph: GraphBuilder, { inputs, outputs }: NodeRequest) {
    const values = inputs.filter((value): value is GraphValue => value !== undefined);
    if (values.length <= 2) return undefined;
    const shape = outputs[0]?.shape ?? [];
    return [values.reduce((a, b) => graph.op(type, [a, b], { shape }))];
  };
}
