import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { IS_FULL, runRanks, startRanks, TIMEOUT_MS } from "./start-ranks.js";
import type { WholeRunOrders, WholeRunResult } from "./whole-run.js";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "whole-run-"));
  folders.push(folder);
  return folder;
}

async function run(orders: WholeRunOrders): Promise<WholeRunResult[]> {
  const { code, results, stderr } = await runRanks<WholeRunResult>("whole-run.ts", orders, {
    worldSize: orders.devices,
  });
  expect(code, stderr).toBe(0);
  expect(results).not.toContain(undefined);
  return results.flatMap((result) => result ?? []);
}

const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const ALL = Array.from({ length: 23 }, (_, row) => row);

describe("a Trainer on two ranks", { timeout: TIMEOUT_MS }, () => {
  it("splits the data anew each epoch, reduces metrics, and writes logs and checkpoints once", async () => {
    const [first, second] = await run({ devices: 2, maxEpochs: 2, root: newFolder() });
    if (first === undefined || second === undefined) return;
    // 23 examples for two ranks: one comes twice, as in PyTorch.
    for (const epoch of [0, 1]) {
      const seen = [...(first.seen[epoch] ?? []), ...(second.seen[epoch] ?? [])];
      expect([seen.length, sorted([...new Set(seen)])]).toEqual([24, ALL]);
    }
    expect(first.seen[1]).not.toEqual(first.seen[0]);
    expect(second.weights).toEqual(first.weights);
    expect(second.metrics).toEqual(first.metrics);
    expect(second.validated).toBeCloseTo(first.validated, 12);
    expect(Object.keys(first.metrics).sort()).toEqual(["train_loss", "val_error", "val_loss"]);
    expect([first.prepared, second.prepared]).toEqual([1, 0]);
    expect(first.files.filter((name) => name.endsWith(".csv"))).toHaveLength(1);
    expect(first.files.filter((name) => name.endsWith(".ckpt"))).toHaveLength(2);
    expect([first.gathered, first.reduced, first.order]).toEqual([[0, 0.5, 1, 1.5], 3, "01"]);
    expect(second.gathered).toEqual(first.gathered);
  });

  it.runIf(IS_FULL)("goes on from a checkpoint to the weights of the run that was not interrupted", async () => {
    const [whole, begun] = [newFolder(), newFolder()];
    const [first] = await run({ devices: 2, maxEpochs: 3, root: whole });
    const [beginning] = await run({ devices: 2, maxEpochs: 1, root: begun });
    const last = beginning?.files.find((name) => name.endsWith("last.ckpt")) ?? "none";
    const [resumed, other] = await run({ devices: 2, maxEpochs: 3, root: begun, ckptPath: join(begun, last) });
    expect(resumed?.weights).toEqual(first?.weights);
    expect(other?.weights).toEqual(first?.weights);
    expect(resumed?.seen).toEqual(first?.seen.slice(1));
  });

  it.runIf(IS_FULL)("goes on with another number of ranks, in the order of the examples that it had", async () => {
    const root = newFolder();
    const whole = await run({ devices: 2, maxEpochs: 3, root, keepsSteps: true });
    // What both ranks saw, example by example in turn, is the order of the epoch; the last one came twice.
    const orderOf = (epoch: number): number[] =>
      (whole[0]?.seen[epoch] ?? [])
        .flatMap((row, index) => [row, whole[1]?.seen[epoch]?.[index] ?? -1])
        .slice(0, ALL.length);
    // Epochs have six steps of four examples. One is left at its end, after its validation, the next in its middle.
    const endOfFirst = newFolder();
    await run({ devices: 2, maxEpochs: 1, root: endOfFirst });
    const steps = readdirSync(join(root, "steps")).map((name) => join(root, "steps", name));
    const saved = readdirSync(endOfFirst, { recursive: true, encoding: "utf8" }).map((name) => join(endOfFirst, name));
    for (const [ckptPath, left] of [
      [saved.find((name) => name.endsWith("last.ckpt")), 0],
      [steps.find((name) => name.endsWith("step=8.ckpt")), 8],
    ] as const) {
      if (ckptPath === undefined) throw new Error("no checkpoint was written");
      const orders: WholeRunOrders = { devices: 1, batchSize: 4, maxEpochs: 3, root: newFolder(), ckptPath };
      const [alone] = await run(orders);
      expect(alone?.seen.filter(({ length }) => length > 0)).toEqual([orderOf(1).slice(left), orderOf(2)]);
      const three: WholeRunOrders = { ...orders, devices: 3, batchSize: 2 };
      const { code, stderr } = await runRanks<WholeRunResult>("whole-run.ts", three, { worldSize: 3 });
      if (left === 0) expect(code, stderr).toBe(0);
      else expect(stderr).toMatch(/by another number of ranks\. Expected 2 rank\(s\)/);
    }
  });

  it.runIf(IS_FULL)(
    "is started again by `lightning run` when a rank is killed, and trains to the same weights",
    async () => {
      const [first] = await run({ devices: 2, maxEpochs: 3, root: newFolder() });
      const orders: WholeRunOrders = { devices: 2, maxEpochs: 3, root: newFolder(), killed: 1 };
      const { code, results, stderr } = await runRanks<WholeRunResult>("whole-run.ts", orders, { isSupervised: true });
      expect(code, stderr).toBe(0);
      expect(stderr).toContain("It goes on from step");
      expect(results.map((result) => result?.weights)).toEqual([first?.weights, first?.weights]);
      expect(results[0]?.seen.length).toBeLessThan(3);
    },
  );

  it.runIf(IS_FULL)("stops all ranks at the same step when one of them asks to", async () => {
    const ranks = await run({ devices: 2, maxEpochs: 9, root: newFolder(), stops: 1 });
    expect(ranks.map(({ steps, status }) => [steps, status])).toEqual(ranks.map(() => [ranks[0]?.steps, "finished"]));
    expect(ranks[0]?.epochs).toBeLessThan(2);
  });

  it("stops all ranks at the same step when the first gets a signal", async () => {
    const orders: WholeRunOrders = { devices: 2, maxEpochs: 1000, root: newFolder(), sleepMs: 20 };
    const ranks = await startRanks<WholeRunResult>("whole-run.ts", orders);
    const begun = join(ranks.folder, "step-1");
    while (!existsSync(begun) || Number(readFileSync(begun, "utf8")) < 3)
      await new Promise((resolve) => setTimeout(resolve, 20));
    ranks.process.kill("SIGTERM");
    const { code, results, stderr } = await ranks.ended;
    expect(code, stderr).toBe(143);
    expect(results.map((result) => result?.status)).toEqual(["interrupted", "interrupted"]);
    expect(results[1]?.steps).toBe(results[0]?.steps);
    expect(results[1]?.weights).toEqual(results[0]?.weights);
  });
});
