import type { GraphBuilder, GraphValue, NodeRequest, Rewrite } from "../../../contract/graph-builder.js";
import { concat, split } from "../../../lowering/fused/emit.js";

/** `Split` into more parts than one operator may write: first into groups of them. */
export function splitOf(most: number): Rewrite {
  return function splitInGroups(graph: GraphBuilder, { inputs: [value], attrs = {}, outputs }: NodeRequest) {
    const axis = Number(attrs["axis"] ?? 0);
    if (value === undefined || outputs.length <= most) return undefined;
    const lengths = outputs.map((output) => output?.shape[axis] ?? 0);
    const perGroup = partsPerGroup(outputs.length, most);
    const groups = groupsOf(lengths, perGroup);
    const sums = groups.map((group) => group.reduce((sum, length) => sum + length, 0));
    return split(graph, value, sums, axis).flatMap((part, group) => split(graph, part, groups[group] ?? [], axis));
  };
}

/**
 * The largest power of `most` below `count`. It is counted up: logarithms of powers are not exact, and a group of all
 * parts would be grouped for ever.
 */
function partsPerGroup(count: number, most: number): number {
  let parts = 1;
  while (parts * most < count) parts *= most;
  return parts;
}

function groupsOf<T>(items: readonly T[], perGroup: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / perGroup) }, (_, group) =>
    items.slice(group * perGroup, (group + 1) * perGroup),
  );
}

/** `Concat` of more parts than one operator may read: of groups, and then of those. */
export function concatOf(most: number): Rewrite {
  return function concatenate(graph: GraphBuilder, { inputs, attrs = {} }: NodeRequest) {
    const values = inputs.filter((value): value is GraphValue => value !== undefined);
    if (values.length <= most) return undefined;
    const axis = Number(attrs["axis"]);
    const perGroup = partsPerGroup(values.length, most);
    const groups = groupsOf(values, perGroup).map((group) => concat(graph, group, axis));
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
