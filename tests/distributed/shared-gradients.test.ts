import { describe, expect, it } from "vitest";
import type { SharedNumbers, SharedOrders, SharedResult } from "./shared-gradients.js";
import { IS_FULL, runRanks, TIMEOUT_MS } from "./start-ranks.js";

async function run(orders: SharedOrders): Promise<SharedResult[]> {
  const { code, results, stderr } = await runRanks<SharedResult>("shared-gradients.ts", orders, {
    worldSize: orders.devices,
    isBundled: false,
  });
  expect(code, stderr).toBe(0);
  expect(results).not.toContain(undefined);
  return results.flatMap((result) => result ?? []);
}

const NOTHING: SharedNumbers = { all: [], own: [] };

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const furthest = (left: readonly number[], right: readonly number[]): number =>
  largest(left.map((value, index) => value - (right[index] ?? Number.NaN)));

describe("gradients that ranks read where they lie", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  it("give two ranks the bits of copied ones, whatever keeps or reads them", async () => {
    const [first, second] = await run({ devices: 2, steps: 9 });
    const names = Object.keys(first?.cases ?? {});
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const [copied, shared] = first?.cases[name] ?? [];
      expect(copied?.all.length, name).toBeGreaterThan(0);
      expect(shared, name).toEqual(copied);
      expect(second?.cases[name]?.[1].all, name).toEqual(shared?.all);
      expect(second?.cases[name]?.[1].own, name).toEqual(second?.cases[name]?.[0].own);
    }
  });

  it.runIf(IS_FULL).each([3, 4])("give %i ranks the numbers of copied ones, and all the same", async (devices) => {
    const ranks = await run({ devices, steps: 9 });
    const [first] = ranks;
    for (const name of Object.keys(first?.cases ?? {})) {
      const [copied = NOTHING, shared = NOTHING] = first?.cases[name] ?? [];
      expect(furthest(shared.all, copied.all) / largest(copied.all), name).toBeLessThan(1e-5);
      for (const { cases } of ranks) expect(cases[name]?.[1].all, name).toEqual(shared.all);
    }
  });
});
