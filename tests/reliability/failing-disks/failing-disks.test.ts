import { MemoryFiles, type FileOperation } from "@lightning-ts/testing";
import { SafetensorsCheckpointStore } from "lightning-ts/fabric";
import { describe, expect, it } from "vitest";
import { IS_FULL, TIMEOUT_MS } from "../runs/options.js";
import { FOLDER, runOnDisk, type DiskRun, type DiskRunEnd } from "./disk-run.js";
import { DURATIONS, failingFrom, FAULTS, type Fault } from "./faults.js";
import { eventsInFiles, stepsInTable } from "./written-logs.js";

/** Of all operations, every so many-th fails; at another place for each kind of failure. */
const STRIDE = IS_FULL ? 1 : 71;
const STEPS = 16;
/** Looking again is enough where these fail: nothing is lost by them. */
const LOOKS: readonly FileOperation[] = ["stat", "list", "readFile", "readRange"];

interface Case {
  readonly fault: Fault;
  readonly duration: (typeof DURATIONS)[number];
  readonly at: number;
  readonly why: string;
}

function* casesOf(operations: readonly string[]): Generator<Case> {
  let first = 0;
  for (const fault of FAULTS)
    for (const duration of DURATIONS) {
      first = (first + 23) % STRIDE;
      for (let at = first; at < operations.length; at += STRIDE)
        yield { fault, duration, at, why: `${fault.name} ${duration.name}, from ${at}: ${operations[at]}` };
    }
}

/** Steps of all checkpoints that are there; throws for one that cannot be read. */
async function stepsOfCheckpoints(files: MemoryFiles): Promise<Map<string, number>> {
  const store = new SafetensorsCheckpointStore(files);
  const steps = new Map<string, number>();
  for (const path of files.paths().filter((name) => name.endsWith(".ckpt")))
    steps.set(path, Number((await store.load(path))["global_step"]));
  return steps;
}

function requireSaid({ error, warnings }: DiskRunEnd, { fault, why }: Case): void {
  const said = error instanceof Error ? error.message : warnings.join("\n");
  expect(said, why).toContain(fault.code);
  expect(said, why).toMatch(/\/runs/);
}

/** What a checkpoint callback says it has is there, and whole. */
async function requireNamedFiles({ checkpoint }: DiskRunEnd, files: MemoryFiles, why: string): Promise<void> {
  const there = await stepsOfCheckpoints(files);
  const named = [checkpoint.bestModelPath, checkpoint.lastModelPath, ...Object.keys(checkpoint.bestKModels)];
  for (const path of named.filter((name) => name !== "")) expect([...there.keys()], why).toContain(path);
}

async function requireLogs({ warnings }: DiskRunEnd, files: MemoryFiles, why: string): Promise<void> {
  const lostBy = (name: string) =>
    Math.max(0, ...warnings.map((line) => Number(new RegExp(`${name} lost (\\d+) entr`).exec(line)?.[1] ?? 0)));
  const rows = await stepsInTable(files);
  expect(rows, why).toEqual([...new Set(rows)].sort((a, b) => a - b));
  expect(rows.length + lostBy("CSVLogger"), why).toBeGreaterThanOrEqual(STEPS);
  expect((await eventsInFiles(files)) + lostBy("TensorBoardLogger"), why).toBeGreaterThanOrEqual(STEPS);
}

/** With the disk as it was, the run goes on from what is there, to the same end. */
async function requireSameEnd(whole: DiskRunEnd, run: DiskRun, files: MemoryFiles, why: string): Promise<void> {
  files.failWhen(() => undefined);
  const resumed = await runOnDisk(files, { ...run, ckptPath: "last" });
  expect(resumed.error, why).toBeUndefined();
  expect(resumed.weight, why).toEqual(whole.weight);
  expect(
    files.paths().filter((path) => path.endsWith(".tmp") && path.startsWith(FOLDER)),
    why,
  ).toEqual([]);
}

describe.each([{ isAsync: false }, { isAsync: true }])("a disk that fails, background writes: $isAsync", (how) => {
  it.each(["raise", "warn"] as const)(
    "loses nothing, and says so: %s",
    { timeout: TIMEOUT_MS },
    async (onSaveError) => {
      const run = { ...how, onSaveError };
      const quiet = new MemoryFiles();
      const whole = await runOnDisk(quiet, run);
      expect(whole).toMatchObject({ error: undefined, status: "finished", leakedTensors: 0 });
      let [failed, saved] = [0, 0];
      const cases = [...casesOf(quiet.operations)];
      for (const each of cases) {
        const files = new MemoryFiles();
        const plan = failingFrom(files, each.fault, each.at, each.duration.operations);
        let hasLost = false;
        files.failWhen((operation, path) => {
          const error = plan(operation, path);
          hasLost ||= error !== undefined && !LOOKS.includes(operation);
          return error;
        });
        const end = await runOnDisk(files, run);
        files.failWhen(() => undefined);
        expect(end.leakedTensors, each.why).toBe(0);
        expect(end.weight.every(Number.isFinite), each.why).toBe(true);
        if (hasLost) requireSaid(end, each);
        if (end.error === undefined) expect(end.weight, each.why).toEqual(whole.weight);
        if (end.error !== undefined) {
          expect(onSaveError, each.why).toBe("raise");
          expect(String(end.error), each.why).toMatch(/Try: /);
          failed += 1;
        } else await requireLogs(end, files, each.why);
        await requireNamedFiles(end, files, each.why);
        saved += (await stepsOfCheckpoints(files)).size;
        if (IS_FULL ? each.at % 5 === 0 : true) await requireSameEnd(whole, run, files, each.why);
      }
      if (IS_FULL)
        console.log(
          `${cases.length} failing disks (onSaveError: ${onSaveError}, background: ${how.isAsync}): ${failed} runs ended by them, ${saved} checkpoints left, all whole; 0 named that are not there`,
        );
    },
  );
});
