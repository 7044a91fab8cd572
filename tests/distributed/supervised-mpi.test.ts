import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MPICH, OPEN_MPI, warnOfMissing } from "./mpi-launchers.js";
import { IS_FULL, runRanks, TIMEOUT_MS } from "./start-ranks.js";
import type { WholeRunOrders, WholeRunResult } from "./whole-run.js";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "supervised-mpi-"));
  folders.push(folder);
  return folder;
}

warnOfMissing([OPEN_MPI, MPICH]);
const CASES = [
  { ...OPEN_MPI, orders: {} },
  ...(IS_FULL
    ? [
        { ...MPICH, orders: {} },
        { ...OPEN_MPI, orders: { stage: 2, shards: true } as const },
      ]
    : []),
].filter(({ missing }) => missing === undefined);
it.skipIf(CASES.length > 0)("needs an MPI that is installed", () => undefined);

describe.each(CASES)("`lightning run` with mpirun of $name, $orders", { timeout: TIMEOUT_MS }, ({ mpirun, orders }) => {
  it("starts all ranks again when one is killed, and they go on from the last checkpoint", async () => {
    const common = { ...orders, devices: 2, maxEpochs: 3 };
    const whole = await runRanks<WholeRunResult>("whole-run.ts", { ...common, root: newFolder() }, { mpirun });
    const interrupted: WholeRunOrders = { ...common, root: newFolder(), killed: 1 };
    const options = { mpirun, isSupervised: true };
    const { code, results, stderr } = await runRanks<WholeRunResult>("whole-run.ts", interrupted, options);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/lightning run: mpirun\.\S+ .* It goes on from step 12 of fit 1 \(start 2 of at most 4\)/);
    const weights = whole.results[0]?.weights;
    expect(weights?.length).toBeGreaterThan(0);
    expect(results.map((result) => result?.weights)).toEqual([weights, weights]);
    // The two epochs before the kill are not trained again.
    expect(results.map((result) => result?.seen.length)).toEqual([1, 1]);
  });
});
