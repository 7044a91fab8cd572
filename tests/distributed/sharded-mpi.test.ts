import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MPICH, OPEN_MPI, OPEN_MPI_BY_TCP, warnOfMissing, type MpiLauncher } from "./mpi-launchers.js";
import { IS_FULL, runRanks, TIMEOUT_MS } from "./start-ranks.js";
import type { TrainOrders, TrainResult } from "./train.js";
import type { WholeRunOrders, WholeRunResult } from "./whole-run.js";

const LAUNCHERS = [OPEN_MPI, OPEN_MPI_BY_TCP, MPICH];
warnOfMissing(LAUNCHERS);
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })), TIMEOUT_MS);

type Started = Pick<MpiLauncher, "mpirun"> | undefined;

async function train(orders: TrainOrders, launcher: Started): Promise<TrainResult[]> {
  const options = { worldSize: orders.devices, mpirun: launcher?.mpirun, isBundled: orders.backend === undefined };
  const { code, results, stderr } = await runRanks<TrainResult>("train.ts", orders, options);
  expect(code, stderr).toBe(0);
  return results.flatMap((result) => result ?? []);
}

/** A run of the Trainer, and its last checkpoint. */
async function runWhole(
  orders: Omit<WholeRunOrders, "root">,
  launcher: Started,
): Promise<WholeRunResult & { readonly last: string }> {
  const root = mkdtempSync(join(tmpdir(), "sharded-mpi-"));
  folders.push(root);
  const options = { worldSize: orders.devices, mpirun: launcher?.mpirun };
  const { code, results, stderr } = await runRanks<WholeRunResult>("whole-run.ts", { ...orders, root }, options);
  expect(code, stderr).toBe(0);
  const [first] = results;
  if (first === undefined) throw new Error("rank 0 has left nothing");
  expect(results.map((result) => result?.weights)).toEqual(results.map(() => first.weights));
  const name = readdirSync(root, { recursive: true, encoding: "utf8" }).find((each) => each.endsWith("last.ckpt"));
  return { ...first, last: join(root, name ?? "none") };
}

const alike = ({ losses, lastLoss, weights, scale, stateNumbers }: TrainResult) => ({
  ...{ losses, lastLoss, weights, scale, stateNumbers },
});
const furthest = (left: readonly number[] = [], right: readonly number[] = []): number =>
  Math.max(...left.map((value, index) => Math.abs(value - (right[index] ?? Number.NaN))));

/** Each in a process of its own way to start; the sample has one of Open MPI's and one of MPICH's. */
const CASES = LAUNCHERS.flatMap((launcher) =>
  [2, 3].flatMap((devices) => ([1, 2] as const).map((stage) => ({ ...launcher, devices, stage }))),
).filter(
  ({ name, devices, stage }) =>
    IS_FULL ||
    (name === OPEN_MPI.name && devices === 3 && stage === 2) ||
    (name === MPICH.name && devices + stage === 3),
);

const INSTALLED = CASES.filter(({ missing }) => missing === undefined);
it.skipIf(INSTALLED.length > 0)("need an MPI that is installed", () => undefined);

describe.each(INSTALLED)("$devices ranks in stage $stage by $name", { timeout: TIMEOUT_MS }, (launcher) => {
  const { devices, stage } = launcher;

  it.each(IS_FULL ? (["trainer", "fabric"] as const) : (["fabric"] as const))(
    "train with %s as those that share memory",
    async (loop) => {
      const orders: TrainOrders = {
        ...{ loop, devices, stage, batchSize: 2, steps: 20, optimizer: "adam", accumulate: 2, clip: 0.1 },
        // Parts that need several calls, and a part that only one rank still has.
        ...{ bucketCapMb: 40 / 2 ** 20, seedPerRank: true },
      };
      const ranks = await train(orders, launcher);
      expect(ranks).toHaveLength(devices);
      for (const { weights } of ranks) expect(weights).toEqual(ranks[0]?.weights);
      const shared = await train(orders, undefined);
      // Two numbers have one sum; MPI adds three in an order of its own.
      if (devices === 2) expect(ranks.map(alike)).toEqual(shared.map(alike));
      expect(furthest(ranks[0]?.weights, shared[0]?.weights)).toBeLessThan(1e-5);
      expect(ranks.map(({ stateNumbers }) => stateNumbers)).toEqual(shared.map(({ stateNumbers }) => stateNumbers));
      expect(ranks[0]?.tensors[1]).toBe(shared[0]?.tensors[1]);
    },
  );

  it.runIf(IS_FULL)("save shards and a file from which others go on", async () => {
    const base = { devices, stage, maxEpochs: 1 } as const;
    const shards = await runWhole({ ...base, shards: true }, launcher);
    expect(readdirSync(shards.last).filter((name) => name.startsWith("shard"))).toHaveLength(devices);
    const whole = await runWhole(base, launcher);
    const resumed = await runWhole({ ...base, maxEpochs: 2, shards: true, ckptPath: shards.last }, launcher);
    const shared = await runWhole({ ...base, maxEpochs: 2, shards: true, ckptPath: whole.last }, undefined);
    if (devices === 2) expect(resumed.weights).toEqual(shared.weights);
    // A batch norm behind the layer leaves little but rounding of its gradient, which Adam makes steps of.
    expect(furthest(resumed.weights, shared.weights)).toBeLessThan(1e-3);
    const straight = await runWhole({ ...base, maxEpochs: 2 }, launcher);
    expect(straight.weights).toEqual(resumed.weights);
  });

  it.runIf(IS_FULL)("leave out a step that overflows on one of them", async () => {
    const orders: TrainOrders = {
      ...{ loop: "fabric", devices, stage, batchSize: 4, steps: 8, optimizer: "sgd" },
      ...{ precision: "16-mixed", backend: "onnxruntime", overflows: 1 },
    };
    const ranks = await train(orders, launcher);
    expect(ranks.map(({ scale }) => scale)).toEqual(ranks.map(() => 1024));
    for (const { weights } of ranks) expect(weights).toEqual(ranks[0]?.weights);
  });

  it.runIf(IS_FULL && stage === 2)("name the parameter that one lacks", async () => {
    const orders = { loop: "trainer", devices, stage, batchSize: 2, steps: 4, optimizer: "adam", withoutExtra: 0 };
    const options = { worldSize: devices, mpirun: launcher.mpirun };
    const { code, stderr } = await runRanks("train.ts", orders, options);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/gradients.*without extra.weight, extra.bias/);
    const ranks = await train({ ...orders, findUnusedParameters: true } as TrainOrders, launcher);
    for (const { weights } of ranks) expect(weights).toEqual(ranks[0]?.weights);
  });
});
