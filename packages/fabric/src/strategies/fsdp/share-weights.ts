import { lendFloatsNow } from "@lightning-ts/core";
import type { Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../../collectives/collective.js";
import { Parts } from "../../collectives/parts.js";
import { IncomingTensors } from "./incoming-tensors.js";
import type { Scratch } from "./scratch.js";
import { travellingParts } from "./travelling-parts.js";

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
  const loans = (byOwner[collective.rank] ?? []).map((variable) => lendFloatsNow(variable));
  const incoming = byOwner.map(
    (variables) =>
      new IncomingTensors(variables, (variable, values) => {
        variable.assign(values);
        values.dispose();
      }),
  );
  try {
    exchange(share, new Parts(loans.map(({ values }) => values)), incoming);
  } finally {
    for (const loan of loans) loan.giveBack();
    for (const tensors of incoming) tensors.end();
  }
}

function exchange(
  { byOwner, collective, bucketBytes, scratch }: WeightShare,
  own: Parts,
  incoming: readonly IncomingTensors[],
): void {
  const { rank } = collective;
  const worldSize = byOwner.length;
  const lengths = byOwner.map((variables) => variables.reduce((sum, { size }) => sum + size, 0));
  const longest = Math.max(...lengths);
  for (const { from, count, owner } of travellingParts(lengths, bucketBytes)) {
    if (owner === undefined) {
      const memory = scratch.take((worldSize + 1) * count);
      const [part, parts] = [memory.subarray(0, count), memory.subarray(count)];
      // What lies behind the end of this rank's is padding.
      part.fill(0);
      own.read(from, part);
      collective.allGather(part, parts, { name: `weights from ${from} on, of ${longest}` }).join();
      for (const [source, tensors] of incoming.entries())
        if (source !== rank) tensors.add(parts.subarray(source * count, (source + 1) * count));
    } else {
      const part = scratch.take(count);
      if (owner === rank) own.read(from, part);
      const name = `weights of rank ${owner} from ${from} on, of ${longest}`;
      collective.broadcast(part, { name, source: owner }).join();
      if (owner !== rank) incoming[owner]?.add(part);
    }
  }
}
