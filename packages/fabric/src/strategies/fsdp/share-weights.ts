import { lendValuesNow } from "@lightning-ts/core";
import type { Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../../collectives/collective.js";
import { copyRange, IncomingTensors } from "./flat-shard.js";
import type { Scratch } from "./scratch.js";

export interface WeightShare {
  readonly collective: Collective;
  /** What each rank has updated, in the same order on all ranks. */
  readonly byOwner: readonly (readonly Variable[])[];
  /** How much travels in one call. */
  readonly bucketBytes: number;
  readonly scratch: Scratch;
}

/** Gives every rank the parameters that the others have updated. Blocks. */
export function shareWeights(share: WeightShare): void {
  const { byOwner, collective } = share;
  const loans = (byOwner[collective.rank] ?? []).map((variable) => lendValuesNow(variable));
  const incoming = byOwner.map(
    (variables) =>
      new IncomingTensors(variables, (variable, values) => {
        variable.assign(values);
        values.dispose();
      }),
  );
  try {
    const own = loans.map(({ values }) => (values instanceof Float32Array ? values : Float32Array.from(values)));
    exchange(share, own, incoming);
  } finally {
    for (const loan of loans) loan.giveBack();
    for (const tensors of incoming) tensors.end();
  }
}

function exchange(
  { byOwner, collective, bucketBytes, scratch }: WeightShare,
  own: readonly Float32Array[],
  incoming: readonly IncomingTensors[],
): void {
  const { rank } = collective;
  const worldSize = byOwner.length;
  const lengths = byOwner.map((variables) => variables.reduce((sum, { size }) => sum + size, 0));
  const elements = bucketBytes / Float32Array.BYTES_PER_ELEMENT;
  const longest = Math.max(...lengths);
  // What only one rank still has is not worth parts of the others.
  const common = lengths.toSorted((a, b) => b - a)[1] ?? 0;
  const together = Math.max(1, Math.floor(elements / worldSize));
  for (let from = 0; from < common; from += together) {
    const count = Math.min(together, common - from);
    const memory = scratch.take((worldSize + 1) * count);
    const [part, parts] = [memory.subarray(0, count), memory.subarray(count)];
    copyRange(own, from, part);
    collective.allGather(part, parts, { name: `weights from ${from} on, of ${longest}` }).join();
    for (const [owner, tensors] of incoming.entries())
      if (owner !== rank) tensors.add(parts.subarray(owner * count, (owner + 1) * count));
  }
  const source = lengths.indexOf(longest);
  const alone = Math.max(1, Math.floor(elements));
  for (let from = common; from < longest; from += alone) {
    const part = scratch.take(Math.min(alone, longest - from));
    if (source === rank) copyRange(own, from, part);
    collective.broadcast(part, { name: `weights of rank ${source} from ${from} on, of ${longest}`, source }).join();
    if (source !== rank) incoming[source]?.add(part);
  }
}
