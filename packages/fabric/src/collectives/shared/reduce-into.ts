import type { CollectiveBuffer, ReduceOp } from "../collective.js";
import { addFloats, averageFloats } from "./float-sums.js";

/**
 * Reduces the members' numbers, in the order of the members, so that all members get the same bits. Sums are taken in
 * float64 and rounded once.
 */
export function reduceInto(output: CollectiveBuffer, members: readonly CollectiveBuffer[], op: ReduceOp): void {
  const [first, second] = members;
  if (first === undefined) return;
  if (second === undefined) return output.set(first);
  if (op === "sum" || op === "mean") return addAll(output, members, op === "mean" ? members.length : 1);
  const combine = COMBINE[op];
  for (let i = 0; i < output.length; i += 1) {
    let value = first[i] ?? 0;
    for (let member = 1; member < members.length; member += 1) value = combine(value, members[member]?.[i] ?? 0);
    output[i] = value;
  }
}

/** Sums of a block stay in the processor's cache until all members were added. */
const SUMS = new Float64Array(1024);

function addAll(output: CollectiveBuffer, members: readonly CollectiveBuffer[], divisor: number): void {
  const [first, second, third] = members;
  if (isFloats(output) && isFloats(first) && isFloats(second) && third === undefined)
    return averageFloats(output, first, second, divisor);
  for (let from = 0; from < output.length; from += SUMS.length) {
    const count = Math.min(SUMS.length, output.length - from);
    SUMS.fill(0, 0, count);
    for (const member of members) addBlock(member.subarray(from, from + count));
    for (let i = 0; i < count; i += 1) output[from + i] = (SUMS[i] ?? 0) / divisor;
  }
}

function addBlock(block: CollectiveBuffer): void {
  if (isFloats(block)) return addFloats(SUMS, block);
  for (let i = 0; i < block.length; i += 1) SUMS[i] = (SUMS[i] ?? 0) + (block[i] ?? 0);
}

function isFloats(buffer: CollectiveBuffer | undefined): buffer is Float32Array {
  return buffer instanceof Float32Array;
}

const COMBINE = { product: (a: number, b: number) => a * b, min: Math.min, max: Math.max } as const satisfies Partial<
  Record<ReduceOp, (a: number, b: number) => number>
>;
