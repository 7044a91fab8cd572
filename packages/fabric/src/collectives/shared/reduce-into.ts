import type { CollectiveBuffer, ReduceOp } from "../collective.js";

/**
 * Reduces the members' numbers, in the order of the members, so that all members get the same bits. Sums are taken in
 * float64 and rounded once.
 */
export function reduceInto(output: CollectiveBuffer, members: readonly CollectiveBuffer[], op: ReduceOp): void {
  const [first, second] = members;
  if (first === undefined) return;
  if (second === undefined) return output.set(first);
  const isSum = op === "sum" || op === "mean";
  if (isSum && members.length === 2) return addTwo(output, first, second, op === "mean" ? 2 : 1);
  if (isSum) return addAll(output, members, op === "mean" ? members.length : 1);
  const combine = COMBINE[op];
  for (let i = 0; i < output.length; i += 1) {
    let value = first[i] ?? 0;
    for (let member = 1; member < members.length; member += 1) value = combine(value, members[member]?.[i] ?? 0);
    output[i] = value;
  }
}

/** The common case, as tight as a loop can be. */
function addTwo(output: CollectiveBuffer, first: CollectiveBuffer, second: CollectiveBuffer, divisor: number): void {
  const factor = 1 / divisor;
  for (let i = 0; i < output.length; i += 1) output[i] = ((first[i] ?? 0) + (second[i] ?? 0)) * factor;
}

/** Sums of a block stay in the processor's cache until all members were added. */
const SUMS = new Float64Array(1024);

function addAll(output: CollectiveBuffer, members: readonly CollectiveBuffer[], divisor: number): void {
  for (let from = 0; from < output.length; from += SUMS.length) {
    const count = Math.min(SUMS.length, output.length - from);
    SUMS.fill(0, 0, count);
    for (const member of members) addBlock(member, from, count);
    for (let i = 0; i < count; i += 1) output[from + i] = (SUMS[i] ?? 0) / divisor;
  }
}

function addBlock(member: CollectiveBuffer, from: number, count: number): void {
  for (let i = 0; i < count; i += 1) SUMS[i] = (SUMS[i] ?? 0) + (member[from + i] ?? 0);
}

const COMBINE = { product: (a: number, b: number) => a * b, min: Math.min, max: Math.max } as const satisfies Partial<
  Record<ReduceOp, (a: number, b: number) => number>
>;
