import type { Recording } from "../contract/lazy-kernel.js";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** A kernel's call as it is to be recorded. */
export interface RecordedCall {
  readonly recording: Recording;
  readonly inputs: LazyData[];
  readonly views: LazyNode["views"];
}

/**
 * Puts the lists that means are taken of in the place of means that nobody has computed: one pass over memory less, and
 * none for the mean. The call stays as it is where some of them are known, or are the means of different numbers of
 * lists.
 */
export function spreadMeans(call: RecordedCall): RecordedCall {
  const { recording, inputs, views } = call;
  const { means } = recording;
  if (means === undefined) return call;
  const { start, count } = means;
  const nodes: LazyNode[] = [];
  for (const { node } of inputs.slice(start, start + count)) {
    if (node?.kernel.isMeanOnDemand !== true || listsOf(node) !== listsOf(nodes[0] ?? node)) return call;
    nodes.push(node);
  }
  const [first] = nodes;
  if (first === undefined) return call;
  const lists = listsOf(first);
  const spread: LazyData[] = [];
  const seen: (readonly number[] | undefined)[] = [];
  for (let list = 0; list < lists; list += 1)
    nodes.forEach((node, i) => {
      const index = list * node.outputs.length + (inputs[start + i]?.outputIndex ?? 0);
      const input = node.inputs[index];
      if (input !== undefined) spread.push(input);
      seen.push(node.views?.[index]);
    });
  const [before, behind] = [inputs.slice(0, start), inputs.slice(start + count)];
  const hasViews = views !== undefined || seen.some((view) => view !== undefined);
  return {
    recording: { ...recording, ...means.of(lists) },
    inputs: [...before, ...spread, ...behind],
    views: hasViews
      ? [...before.map((_, i) => views?.[i]), ...seen, ...behind.map((_, i) => views?.[start + count + i])]
      : undefined,
  };
}

function listsOf({ inputs, outputs }: LazyNode): number {
  return inputs.length / outputs.length;
}
