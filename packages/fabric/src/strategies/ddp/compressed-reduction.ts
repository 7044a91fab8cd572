import type { Collective, CollectiveWork } from "../../collectives/collective.js";
import { workAfter } from "../../collectives/work-after.js";
import { expandBfloat16, roundToBfloat16 } from "./bfloat16.js";

/** How many numbers are added before they are rounded again. */
const BLOCK = 4096;

export interface CompressedCall {
  readonly name: string;
  readonly inputs: readonly Float32Array[];
  /** As long as the inputs. */
  readonly outputs: readonly Float32Array[];
}

/**
 * The mean over the ranks of arrays that travel as bfloat16, half of the bytes. Each rank gets a share of them from
 * all, adds in float64, rounds the mean once, and gives it to all: so every rank has the same bits.
 */
export function compressedMean(collective: Collective, { name, inputs, outputs }: CompressedCall): CollectiveWork {
  const { rank, worldSize } = collective;
  const length = inputs.reduce((sum, input) => sum + input.length, 0);
  const share = Math.ceil(length / worldSize);
  const own = new Uint16Array(share * worldSize);
  const received = new Uint16Array(share * worldSize);
  let at = 0;
  for (const input of inputs) {
    roundToBfloat16(input, own, at);
    at += input.length;
  }
  const first = collective.allToAll(bytesOf(own), bytesOf(received), { name: `${name}, as bfloat16` });
  return workAfter(first, () => {
    const mean = own.subarray(rank * share, (rank + 1) * share);
    writeMean(received, share, worldSize, mean);
    const second = collective.allGather(bytesOf(mean), bytesOf(received), { name: `${name}, means as bfloat16` });
    return workAfter(second, () => {
      let from = 0;
      for (const output of outputs) {
        expandBfloat16(received, from, output);
        from += output.length;
      }
    });
  });
}

/** @param parts one of each rank, behind each other */
function writeMean(parts: Uint16Array, share: number, ranks: number, mean: Uint16Array): void {
  const sums = new Float64Array(BLOCK);
  const values = new Float32Array(BLOCK);
  for (let from = 0; from < share; from += BLOCK) {
    const count = Math.min(BLOCK, share - from);
    const block = values.subarray(0, count);
    sums.fill(0);
    for (let rank = 0; rank < ranks; rank += 1) {
      expandBfloat16(parts, rank * share + from, block);
      for (let i = 0; i < count; i += 1) sums[i] = (sums[i] ?? 0) + (block[i] ?? 0);
    }
    for (let i = 0; i < count; i += 1) block[i] = (sums[i] ?? 0) / ranks;
    roundToBfloat16(block, mean, from);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
