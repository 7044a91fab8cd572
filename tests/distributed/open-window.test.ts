import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { WindowCase, WindowOrders, WindowResult } from "./open-window.js";
import { IS_FULL, runRanks, TIMEOUT_MS } from "./start-ranks.js";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "open-window-"));
  folders.push(folder);
  return folder;
}

type Runs = WindowResult["cases"][string];

/** @returns the runs of each case on each rank */
async function run(orders: WindowOrders): Promise<WindowResult["cases"][]> {
  const { devices: worldSize } = orders;
  const { code, results, stderr } = await runRanks<WindowResult>("open-window.ts", orders, { worldSize });
  expect(code, stderr).toBe(0);
  expect(results).not.toContain(undefined);
  return results.flatMap((result) => (result === undefined ? [] : [result.cases]));
}

const SAMPLE: readonly WindowCase[] = [
  { name: "ddp, clipped, with Adam", clip: 0.5, optimizer: "adam" },
  { name: "ddp, a layer used by one rank", extra: "one rank" },
  { name: "stage 2, folders, a layer used early by one rank", stage: 2, shards: true, extra: "early on one rank" },
  { name: "stage 2, by hand, a layer used early by one rank", stage: 2, manual: "window", extra: "early on one rank" },
];
const MORE: readonly WindowCase[] = [
  { name: "ddp" },
  { name: "ddp, bf16", isCompressed: true },
  { name: "ddp, a layer used early", extra: "early" },
  { name: "ddp, a layer used early by one rank", extra: "early on one rank" },
  { name: "stage 1", stage: 1 },
  { name: "stage 1, folders", stage: 1, shards: true },
  { name: "stage 2", stage: 2 },
  { name: "stage 2, folders", stage: 2, shards: true },
  { name: "stage 2, a layer used by one rank", stage: 2, extra: "one rank" },
  { name: "stage 2, a layer used early", stage: 2, extra: "early" },
  { name: "stage 2, clipped, with Adam", stage: 2, clip: 0.5, optimizer: "adam" },
  { name: "ddp, by hand", manual: "each batch" },
  { name: "ddp, by hand, windows", manual: "window" },
  { name: "ddp, by hand, a layer used by one rank", manual: "each batch", extra: "one rank" },
  { name: "stage 2, by hand", stage: 2, manual: "each batch" },
  { name: "stage 2, by hand, a layer used by one rank", stage: 2, manual: "each batch", extra: "one rank" },
];
/** What a layer that one rank does not use gets of the others' gradients, added up batch by batch or at once. */
const ALIKE = [
  ["ddp, by hand, a layer used by one rank", "stage 2, by hand, a layer used by one rank"],
  ["ddp, by hand, a layer used by one rank", "ddp, a layer used by one rank"],
] as const;
const CASES = IS_FULL ? [...SAMPLE, ...MORE] : SAMPLE;

/** They stand behind the weights. */
const METRICS = 2;

const furthest = (left: readonly number[], right: readonly number[]): number =>
  Math.max(...left.map((value, index) => Math.abs(value - (right[index] ?? Number.NaN))));
const runsOf = (rank: WindowResult["cases"] | undefined, name: string): Runs =>
  rank?.[name] ?? { plain: [], saving: [], resumed: [] };

describe("a checkpoint inside an accumulation window", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  it("goes on to the weights of the run that was not interrupted, and changes nothing of it", async () => {
    const ranks = await run({ devices: 2, batchSize: 2, cases: CASES, root: newFolder() });
    for (const { name, isCompressed } of CASES) {
      const [first, second] = [runsOf(ranks[0], name), runsOf(ranks[1], name)];
      expect(second, name).toEqual(first);
      expect(first.saving, name).toEqual(first.plain);
      // Gradients that travel as bfloat16 are rounded to three digits, and here their parts are others.
      expect(furthest(first.resumed, first.plain), name).toBeLessThan(isCompressed === true ? 1e-4 : 1e-6);
    }
    if (!IS_FULL) return;
    for (const [one, other] of ALIKE)
      expect(furthest(runsOf(ranks[0], one).plain, runsOf(ranks[0], other).plain), one).toBeLessThan(1e-6);
  });

  it.runIf(IS_FULL)("goes on with fewer ranks and with more", async () => {
    const cases: readonly WindowCase[] = [
      { name: "ddp" },
      { name: "adam", optimizer: "adam" },
      { name: "two", stage: 2 },
      { name: "folders", stage: 2, shards: true },
    ];
    const counts = [3, 2, 1];
    for (const devices of counts) {
      const orders = { cases, root: newFolder() };
      const [whole] = await run({ ...orders, devices, batchSize: 6 / devices });
      for (const others of counts.filter((count) => count !== devices)) {
        const ranks = await run({ ...orders, devices: others, batchSize: 6 / others, resumesOnly: true });
        for (const { name } of cases)
          for (const rank of ranks) {
            const { resumed } = runsOf(rank, name);
            expect(resumed, name).toEqual(runsOf(ranks[0], name).resumed);
            const { plain } = runsOf(whole, name);
            // The metrics lack what ranks had collected that are not there any more.
            expect(
              furthest(resumed.slice(0, -METRICS), plain),
              `${name}, ${devices} ranks, then ${others}`,
            ).toBeLessThan(1e-5);
          }
      }
    }
  });
});
