import { describe, expect, it } from "vitest";
import { FreeRanges } from "./free-ranges.js";

function rangesOf(free: FreeRanges): (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  free.forEach((start, size) => ranges.push([start, size]));
  return ranges;
}

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe("FreeRanges", () => {
  it("takes the first place that is large enough, and the rest of it stays", () => {
    const free = new FreeRanges();
    free.give(0, 10);
    free.give(20, 100);
    expect(free.take(50)).toBe(20);
    expect(free.take(10)).toBe(0);
    expect(free.take(51)).toBeUndefined();
    expect(rangesOf(free)).toEqual([[70, 50]]);
  });

  it("joins ranges that touch, before, behind and on both sides", () => {
    const free = new FreeRanges();
    free.give(10, 10);
    free.give(20, 5);
    free.give(5, 5);
    free.give(30, 10);
    expect(rangesOf(free)).toEqual([
      [5, 20],
      [30, 10],
    ]);
    free.give(25, 5);
    expect(rangesOf(free)).toEqual([[5, 35]]);
    expect(free.bytesUpTo(40)).toBe(35);
    expect(free.bytesUpTo(41)).toBe(0);
    expect(new FreeRanges().bytesUpTo(0)).toBe(0);
  });

  it("hands out no byte twice, and is whole again in the end, in whatever order", () => {
    const next = numbers(7);
    const free = new FreeRanges();
    const total = 100_000;
    free.give(0, total);
    const owners = new Uint8Array(total);
    const taken: { start: number; size: number }[] = [];
    for (let round = 0; round < 5000; round += 1) {
      const size = 1 + next(500);
      const start = next(2) === 0 ? free.take(size) : undefined;
      if (start !== undefined) {
        expect(owners.subarray(start, start + size).some((owner) => owner !== 0)).toBe(false);
        owners.fill(1, start, start + size);
        taken.push({ start, size });
      } else {
        const [given] = taken.splice(next(taken.length), 1);
        if (given === undefined) continue;
        owners.fill(0, given.start, given.start + given.size);
        free.give(given.start, given.size);
      }
    }
    expect(taken.length).toBeGreaterThan(50);
    for (const { start, size } of taken) free.give(start, size);
    expect(rangesOf(free)).toEqual([[0, total]]);
  });
});
