import { expect, it } from "vitest";
import { compareThreads } from "./compare.js";

const SETTINGS = [1, 4].map((threads) => ({ label: `${threads} threads`, threads, isPinned: false }));
/** Everything where it is quick, and where threads meet: sums by index, and products with one column. */
const TURNS = [
  { size: 12_000, repetitions: 1, only: undefined },
  { size: 400_000, repetitions: 4, only: "unsortedSegmentSum" },
  { size: 400_000, repetitions: 1, only: "one column" },
  { size: 100_000, repetitions: 1, only: "a few long rows" },
];

it(
  "layers, losses, scatters and reductions have the same bits on one thread and on four, run after run",
  { timeout: 300_000 },
  async () => {
    const { compared, failures } = await compareThreads(SETTINGS, TURNS);
    expect(failures).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  },
);
