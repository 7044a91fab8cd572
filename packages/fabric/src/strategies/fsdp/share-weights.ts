import type { Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../../collectives/collective.js";
import { copyRange, IncomingTensors } from "./flat-shard.js";

export interface WeightShare {
  readonly collective: Collective;
  /** What each rank has updated, in the same order on all ranks. */
  readonly byOwner: readonly (readonly Variable[])[];
  /** How much each rank sends in one call. */
  readonly bucketBytes: number;
}

/** Gives every rank the parameters that the others have updated. Blocks. */
export function shareWeights({ collective, byOwner, bucketBytes }: WeightShare): void {
  const { rank } = collective;
  const lengths = byOwner.map((variables) => variables.reduce((sum, { size }) => sum + size, 0));
  const own = (byOwner[rank] ?? []).map((variable) => variable.dataSync<"float32">());
  const incoming = byOwner.map(
    (variables) =>
      new IncomingTensors(variables, (variable, values) => {
        variable.assign(values);
        values.dispose();
      }),
  );
  const atOnce = Math.max(1, Math.floor(bucketBytes / Float32Array.BYTES_PER_ELEMENT));
  const longest = Math.max(...lengths);
  // What only one rank still has is not worth parts of the others.
  const common = lengths.toSorted((a, b) => b - a)[1] ?? 0;
  for (let from = 0; from < common; from += atOnce) {
    const part = new Float32Array(Math.min(atOnce, common - from));
    const parts = new Float32Array(part.length * byOwner.length);
    copyRange(own, from, part);
    collective.allGather(part, parts, { name: `weights from ${from} on, of ${longest}` }).join();
    for (const [owner, tensors] of incoming.entries())
      if (owner !== rank) tensors.add(parts.subarray(owner * part.length, (owner + 1) * part.length));
  }
  const source = lengths.indexOf(longest);
  for (let from = common; from < longest; from += atOnce) {
    const part = new Float32Array(Math.min(atOnce, longest - from));
    if (source === rank) copyRange(own, from, part);
    collective.broadcast(part, { name: `weights of rank ${source} from ${from} on, of ${longest}`, source }).join();
    if (source !== rank) incoming[source]?.add(part);
  }
}
