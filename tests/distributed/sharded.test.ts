import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { IS_FULL, runRanks, TIMEOUT_MS, type Ended } from "./start-ranks.js";
import type { TrainOrders, TrainResult } from "./train.js";
import type { WholeRunOrders, WholeRunResult } from "./whole-run.js";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sharded-"));
  folders.push(folder);
  return folder;
}

/** A run of the Trainer, and its last checkpoint. */
async function runWhole(orders: Omit<WholeRunOrders, "root">): Promise<WholeRunResult & { readonly last: string }> {
  const root = newFolder();
  const options = { worldSize: orders.devices };
  const { code, results, stderr } = await runRanks<WholeRunResult>("whole-run.ts", { ...orders, root }, options);
  expect(code, stderr).toBe(0);
  const [first] = results;
  if (first === undefined) throw new Error("rank 0 has left nothing");
  expect(results.map((result) => result?.weights)).toEqual(results.map(() => first.weights));
  const name = readdirSync(root, { recursive: true, encoding: "utf8" }).find((each) => each.endsWith("last.ckpt"));
  return { ...first, last: join(root, name ?? "none") };
}

async function train(orders: TrainOrders): Promise<TrainResult[]> {
  const ended: Ended<TrainResult> = await runRanks("train.ts", orders, {
    worldSize: orders.devices,
    isBundled: orders.backend === undefined,
  });
  expect(ended.code, ended.stderr).toBe(0);
  return ended.results.flatMap((result) => result ?? []);
}

/** @returns the file that `fabric consolidate` has made */
async function consolidateWithCommand(folder: string): Promise<string> {
  const program = fileURLToPath(new URL("../../packages/fabric/src/cli/main.ts", import.meta.url));
  const args = ["--conditions=lightning-ts-source", "--import", "tsx", program, "consolidate", folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.trim();
}

/** What every rank computes alike. */
const alike = ({ losses, lastLoss, weights, scale }: TrainResult) => ({ losses, lastLoss, weights, scale });
const growth = (result?: TrainResult): number => (result?.tensors[1] ?? Number.NaN) - (result?.tensors[0] ?? 0);
const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));
const furthest = (left: readonly number[], right: readonly number[]): number =>
  largest(left.map((value, index) => value - (right[index] ?? Number.NaN)));
/** The model has weights of 6 × 16 and 16, and biases of 16 and 1. */
const PARAMETERS = 129;
/** What the first of two ranks gets. */
const LARGEST = 96;
/** How many numbers the optimizer remembers of each parameter, and how it is trained. */
const CASES = [
  ["SGD", { numbers: 0 }],
  ["Adam, accumulation and clipping", { numbers: 2, optimizer: "adam", accumulate: 2, clip: 0.1 }],
] as const;

describe.each(IS_FULL ? (["fabric", "trainer"] as const) : (["trainer"] as const))(
  "ranks that divide the optimizer's state, with %s",
  { timeout: TIMEOUT_MS, concurrent: true },
  (loop) => {
    const base: TrainOrders = { loop, devices: 2, batchSize: 4, steps: 50, optimizer: "sgd", seedPerRank: true };

    it.each(IS_FULL ? CASES : CASES.slice(1))("train bit for bit as those that do not, with %s", async (_, how) => {
      const whole = await train({ ...base, ...how });
      const divided = await train({ ...base, ...how, stage: 1 });
      const gradientsToo = await train({ ...base, ...how, stage: 2 });
      expect(divided.map(alike)).toEqual(whole.map(alike));
      expect(divided[1]?.weights).toEqual(divided[0]?.weights);
      expect(divided.map(growth)).toEqual(whole.map(growth));
      // The Trainer keeps gradients until the next window begins: those of all ranks, or only the own ones.
      if (loop === "fabric" || how.numbers === 0) expect(gradientsToo.map(growth)).toEqual(whole.map(growth));
      expect(gradientsToo[1]?.weights).toEqual(gradientsToo[0]?.weights);
      if (how.numbers === 0) expect(gradientsToo.map(alike)).toEqual(whole.map(alike));
      // The norm of all gradients is put together from those of the parts, and rounded otherwise.
      expect(furthest(gradientsToo[0]?.losses ?? [], whole[0]?.losses ?? [])).toBeLessThan(1e-6);
      expect(furthest(gradientsToo[0]?.weights ?? [], whole[0]?.weights ?? [])).toBeLessThan(1e-6);
      const { numbers } = how;
      expect(whole.map(({ stateNumbers }) => stateNumbers)).toEqual([numbers * PARAMETERS, numbers * PARAMETERS]);
      expect(divided.map(({ stateNumbers }) => stateNumbers)).toEqual([
        numbers * LARGEST,
        numbers * (PARAMETERS - LARGEST),
      ]);
    });
  },
);

it("reduce in stage 2 while the engine computes, to the bits of ddp", { timeout: TIMEOUT_MS }, async () => {
  const orders = { loop: "fabric", devices: 2, batchSize: 4, steps: 6, optimizer: "sgd" } as const;
  const engine = { ...orders, backend: "onnxruntime", ...(IS_FULL ? { accumulate: 2 } : {}) };
  const [whole, divided] = await Promise.all([
    train(engine),
    // The first bucket holds the last layer; the parts that travel are smaller than a layer.
    train({ ...engine, stage: 2, bucketCapMb: 40 / 2 ** 20 }),
  ]);
  expect(divided.map(alike)).toEqual(whole.map(alike));
  expect(divided[1]?.weights).toEqual(divided[0]?.weights);
});

it("has the same numbers of bfloat16 on all ranks, divided or not", { timeout: TIMEOUT_MS }, async () => {
  const orders = { loop: "fabric", devices: 2, batchSize: 4, steps: 6, optimizer: "adam", clip: 0.5 } as const;
  const half = { ...orders, precision: "bf16-true", backend: "onnxruntime", accumulate: 2 } as const;
  const isShort = (value: number) => (new Uint32Array(Float32Array.of(value).buffer)[0] ?? 1) % 2 ** 16 === 0;
  const divided = await train({ ...half, stage: 2 });
  const others = IS_FULL ? [await train(half), await train({ ...half, stage: 1 })] : [];
  for (const ranks of [divided, ...others]) {
    expect(ranks.map(alike)).toEqual(divided.map(alike));
    expect(ranks[1]?.weights).toEqual(ranks[0]?.weights);
    expect(ranks[0]?.weights.filter((value) => !isShort(value))).toEqual([]);
  }
});

it.runIf(IS_FULL).each([1, 2] as const)(
  "three ranks in stage %i train as one, with parts that need several calls",
  { timeout: TIMEOUT_MS },
  async (stage) => {
    const orders: TrainOrders = { loop: "fabric", devices: 3, batchSize: 2, steps: 30, optimizer: "adam" };
    const ranks = await train({ ...orders, stage, bucketCapMb: 40 / 2 ** 20 });
    const [alone] = await train({ ...orders, devices: 1, batchSize: 6 });
    expect(ranks[1]?.weights).toEqual(ranks[0]?.weights);
    expect(ranks[2]?.weights).toEqual(ranks[0]?.weights);
    expect(furthest(ranks[0]?.weights ?? [], alone?.weights ?? [])).toBeLessThan(1e-5);
  },
);

describe.runIf(IS_FULL)("ranks that divide the gradients", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  it.each(["fabric", "trainer"] as const)(
    "leave out a step whose gradients overflow on one of them, with %s",
    async (loop) => {
      const orders: TrainOrders = {
        ...{ loop, devices: 2, batchSize: 4, steps: 8, optimizer: "sgd" },
        ...{ precision: "16-mixed", backend: "onnxruntime", overflows: 1 },
      };
      const whole = await train(orders);
      const divided = await train({ ...orders, stage: 2 });
      expect(divided.map(alike)).toEqual(whole.map(alike));
      expect(divided.map(({ scale }) => scale)).toEqual([1024, 1024]);
    },
  );

  it("report a gradient that is not finite by its name, on whichever rank it is", async () => {
    const orders = { loop: "trainer", devices: 2, batchSize: 2, steps: 4, optimizer: "sgd" } as const;
    const { code, stderr } = await runRanks(
      "train.ts",
      { ...{ ...orders, stage: 2, precision: "16-mixed", backend: "onnxruntime", overflows: 1, detectAnomaly: true } },
      { isBundled: false },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/gradient of (first|second)\.(weight|bias)/);
  });

  it("count a parameter that one of them does not use as zero there", async () => {
    const orders = { loop: "trainer", devices: 2, batchSize: 2, steps: 4, optimizer: "adam" } as const;
    const unused = { ...orders, withoutExtra: 0, findUnusedParameters: true };
    expect((await train({ ...unused, stage: 2 })).map(alike)).toEqual((await train(unused)).map(alike));
    const { code, stderr } = await runRanks("train.ts", { ...orders, withoutExtra: 0, stage: 2 });
    expect(code).toBe(1);
    expect(stderr).toMatch(/reduceScatter "gradients from 0 on.*without extra.weight, extra.bias"/);
  });
});

describe("norms of gradients", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  const orders = { loop: "trainer", devices: 2, batchSize: 4, steps: 3, optimizer: "sgd" } as const;

  it.each(IS_FULL ? ([2, 1, 1.5, "Infinity"] as const) : ([2] as const))(
    "of order %s are those of one rank where ranks divide them",
    async (normType) => {
      const measured = { ...orders, clip: 0.1, normType };
      const [alone] = await train({ ...measured, devices: 1, batchSize: 8 });
      const [first, second] = await train({ ...measured, stage: 2 });
      expect(Object.keys(alone?.norms ?? {})).toHaveLength(5);
      expect(Object.keys(first?.norms ?? {})).toEqual(Object.keys(alone?.norms ?? {}));
      expect(second?.norms).toEqual(first?.norms);
      expect(furthest(Object.values(first?.norms ?? {}), Object.values(alone?.norms ?? {}))).toBeLessThan(1e-6);
    },
  );

  it("are refused where a function sees the gradients of its own rank alone", async () => {
    const { code, stderr } = await runRanks("train.ts", { ...orders, stage: 2, clipsByHand: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(/clipGradNorm sees a part of the gradients alone.*this\.clipGradients/s);
    if (!IS_FULL) return;
    const whole = await train({ ...orders, stage: 1, clipsByHand: true });
    expect(whole[1]?.weights).toEqual(whole[0]?.weights);
  });
});

describe("checkpoints of ranks that divide the optimizer's state", { timeout: TIMEOUT_MS }, () => {
  it("hold the whole state, so that any number of ranks goes on from them", async () => {
    const whole = await runWhole({ devices: 2, maxEpochs: 2 });
    const begun = await runWhole({ devices: 2, maxEpochs: 1, stage: 2 });
    const resumed = await runWhole({ devices: 2, maxEpochs: 2, stage: 1, ckptPath: begun.last });
    expect(resumed.weights).toEqual(whole.weights);
    const alone = { devices: 1, batchSize: 4, maxEpochs: 2 };
    const others = [begun, await runWhole({ devices: 2, maxEpochs: 1 })].map(({ last }) =>
      runWhole({ ...alone, ckptPath: last }),
    );
    const [fromDivided, fromWhole] = await Promise.all(others);
    expect(fromDivided?.weights).toEqual(fromWhole?.weights);
    const shards = await runWhole({ devices: 2, maxEpochs: 1, stage: 2, shards: true });
    expect(readdirSync(shards.last).filter((name) => name.startsWith("shard"))).toHaveLength(2);
    const fromShards = await runWhole({ devices: 2, maxEpochs: 2, stage: 2, shards: true, ckptPath: shards.last });
    expect(fromShards.weights).toEqual(whole.weights);
    if (!IS_FULL) return;
    const aloneFromShards = await runWhole({ ...alone, ckptPath: shards.last });
    expect(aloneFromShards.weights).toEqual(fromWhole?.weights);
    const oneFile = await consolidateWithCommand(shards.last);
    const fromOneFile = await runWhole({ ...alone, ckptPath: oneFile });
    expect(fromOneFile.weights).toEqual(fromWhole?.weights);
    const three = await runWhole({ devices: 3, maxEpochs: 2, batchSize: 2, stage: 1, ckptPath: begun.last });
    const threeOfDdp = await runWhole({ devices: 3, maxEpochs: 2, batchSize: 2, ckptPath: begun.last });
    expect(three.weights).toEqual(threeOfDdp.weights);
  });
});
