import { expect, it } from "vitest";
import { compareThreads } from "./compare.js";

const SETTINGS = [1, 4].map((threads) => ({ label: `${threads} threads`, threads, isPinned: false }));

it("layers, losses, scatters and reductions have the same bits on any number of threads, run after run", { timeout: 120_000 }, async () => {
  const { compared, failures } = await compareThreads(SETTINGS, { sizes: [30_000], repetitions: 2, only: undefined });
  expect(failures).toEqual([]);
  expect(compared).toBeGreaterThan(100);
});

it("sums by index lose nothing when threads meet", { timeout: 120_000 }, async () => {
  const { compared, failures } = await compareThreads(SETTINGS, { sizes: [500_000], repetitions: 4, only: "egment" });
  expect(failures).toEqual([]);
  expect(compared).toBe(4);
});
