import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { IS_FULL, runRanks, TIMEOUT_MS, type Ended } from "./start-ranks.js";
import type { TrainOrders, TrainResult } from "./train.js";

interface Recorded {
  readonly batchSize: number;
  readonly steps: number;
  readonly cases: readonly {
    readonly optimizer: "sgd" | "adam";
    readonly accumulate: number;
    readonly clip: number | null;
    readonly losses: readonly number[];
    readonly weights: readonly number[];
  }[];
  /** With a batch norm over all ranks; buffers behind the weights. */
  readonly withNorm: readonly {
    readonly optimizer: "sgd" | "adam";
    readonly losses: readonly number[];
    readonly weights: readonly number[];
  }[];
}

const RECORDED = fileURLToPath(new URL("fixtures/pytorch-ddp.json", import.meta.url));
const recorded: Recorded = JSON.parse(readFileSync(RECORDED, "utf8"));
const LOOPS = ["fabric", "trainer"] as const;

async function train(orders: TrainOrders): Promise<TrainResult[]> {
  const isBundled = orders.backend === undefined;
  const ended: Ended<TrainResult> = await runRanks("train.ts", orders, { worldSize: orders.devices, isBundled });
  expect(ended.code, ended.stderr).toBe(0);
  return ended.results.flatMap((result) => result ?? []);
}

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const meanLosses = (ranks: readonly TrainResult[]): number[] =>
  (ranks[0]?.losses ?? []).map(
    (_, step) => ranks.reduce((sum, { losses }) => sum + (losses[step] ?? 0), 0) / ranks.length,
  );
/** How many tensors a run has left over. */
const growth = (result?: TrainResult): number => (result?.tensors[1] ?? Number.NaN) - (result?.tensors[0] ?? 0);
const furthest = (left: readonly number[], right: readonly number[]): number =>
  largest(left.map((value, index) => value - (right[index] ?? Number.NaN)));

it("two ranks evaluate the loss equally often where LBFGS asks for it", { timeout: TIMEOUT_MS }, async () => {
  const orders: TrainOrders = { loop: "trainer", devices: 2, batchSize: 4, steps: 30, optimizer: "lbfgs" };
  const ranks = await train(orders);
  const [alone] = await train({ ...orders, devices: 1, batchSize: 8 });
  expect(ranks[1]?.weights).toEqual(ranks[0]?.weights);
  const losses = meanLosses(ranks);
  expect(losses.length).toBeGreaterThan(60);
  // The steps of LBFGS make roundings larger and larger.
  expect(furthest(losses.slice(0, 6), alone?.losses.slice(0, 6) ?? [])).toBeLessThan(1e-5);
});

describe.each(IS_FULL ? LOOPS : (["trainer"] as const))(
  "two ranks with %s",
  { timeout: TIMEOUT_MS, concurrent: true },
  (loop) => {
    const base: TrainOrders = { loop, devices: 2, batchSize: 4, steps: 50, optimizer: "sgd" };

    it("train to the weights of one rank with a batch twice as large, and are bit-equal to each other", async () => {
      const [first, second] = await train({ ...base, seedPerRank: true });
      const [alone] = await train({ ...base, devices: 1, batchSize: 8 });
      expect(second?.weights).toEqual(first?.weights);
      expect(second?.losses).not.toEqual(first?.losses);
      expect(first?.losses).toHaveLength(50);
      const difference = furthest(first?.weights ?? [], alone?.weights ?? []);
      expect(difference / largest(alone?.weights ?? [])).toBeLessThan(1e-6);
    });

    it("give with Adam the losses of one rank, and the same bits again", async () => {
      const adam: TrainOrders = { ...base, optimizer: "adam", accumulate: 2, clip: 0.1 };
      const ranks = await train(adam);
      const [first, second] = ranks;
      const again = await train(adam);
      const [alone] = await train({ ...adam, devices: 1, batchSize: 8 });
      expect(growth(first)).toBe(growth(alone));
      expect(second?.weights).toEqual(first?.weights);
      expect(again).toEqual(ranks);
      expect(furthest(meanLosses(ranks), alone?.losses ?? [])).toBeLessThan(1e-5);
      expect(ranks.map(({ lastLoss }) => lastLoss)).toEqual([first?.lastLoss, first?.lastLoss]);
      expect(first?.lastLoss).toBeCloseTo(meanLosses(ranks).at(-1) ?? 0, 6);
    });
  },
);

describe("losses of PyTorch's DDP", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  const loops = IS_FULL ? LOOPS : [undefined];
  const cases = loops.flatMap((loop) =>
    recorded.cases.map((each, index) => ({ ...each, loop: loop ?? LOOPS[index % 2] ?? "fabric" })),
  );
  it.each(cases)(
    "are those of $loop with $optimizer, accumulating $accumulate batches, clipped at $clip",
    async ({ loop, optimizer, accumulate, clip, losses, weights }) => {
      const { batchSize, steps } = recorded;
      const ranks = await train({
        ...{ loop, optimizer, batchSize, devices: 2, accumulate, recorded: RECORDED },
        steps: steps / accumulate,
        ...(clip === null ? {} : { clip }),
      });
      expect(ranks[0]?.losses).toHaveLength(losses.length);
      expect(furthest(meanLosses(ranks), losses)).toBeLessThan(1e-5);
      expect(furthest(ranks[0]?.weights ?? [], weights)).toBeLessThan(1e-5);
    },
  );
});

describe("a SyncBatchNorm", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  const cases = recorded.withNorm.map((each, index) => ({ ...each, loop: LOOPS[index % 2] ?? "fabric" }));
  it.each(cases)("gives $loop with $optimizer the losses of PyTorch with the batches of all ranks", async (test) => {
    const { batchSize, steps } = recorded;
    const { loop, optimizer } = test;
    const orders = { loop, optimizer, batchSize, steps, devices: 2, recorded: RECORDED, norm: "synchronized" } as const;
    const [first, second] = await train(orders);
    expect(second?.weights).toEqual(first?.weights);
    expect(furthest(meanLosses([first, second].flatMap((rank) => rank ?? [])), test.losses)).toBeLessThan(1e-5);
    // The bias before the norm has no gradient but rounding, of which Adam makes steps as large as others.
    if (optimizer === "sgd") expect(furthest(first?.weights ?? [], test.weights)).toBeLessThan(1e-5);
  });

  it.each([
    { devices: 3, backend: undefined },
    { devices: 2, backend: "onnxruntime" },
  ])("trains $devices ranks to the weights of one, within 1e-6, on $backend", async ({ devices, backend }) => {
    const orders = { loop: "fabric", batchSize: 4, steps: 50, optimizer: "sgd", devices } as const;
    const ranks = await train({ ...orders, norm: "synchronized", ...(backend === undefined ? {} : { backend }) });
    const [alone] = await train({ ...orders, devices: 1, batchSize: 4 * devices, norm: "plain" });
    const weights = alone?.weights.slice(0, -1) ?? [];
    for (const rank of ranks) expect(rank.weights).toEqual(ranks[0]?.weights);
    expect(furthest(ranks[0]?.weights.slice(0, -1) ?? [], weights) / largest(weights)).toBeLessThan(1e-6);
    if (!IS_FULL) return;
    const [apart] = await train({ ...orders, norm: "plain" });
    expect(furthest(apart?.weights.slice(0, -1) ?? [], weights)).toBeGreaterThan(1e-3);
  });
});

it("runs on the engine too, whose threads are divided", { timeout: TIMEOUT_MS }, async () => {
  const orders = { loop: "trainer", devices: 2, batchSize: 4, steps: 10, optimizer: "adam" } as const;
  const ranks = await train({ ...orders, backend: "onnxruntime" });
  const [first, second] = ranks;
  const [alone] = await train({ ...orders, devices: 1, batchSize: 8, backend: "onnxruntime" });
  expect(second?.weights).toEqual(first?.weights);
  expect(furthest(meanLosses(ranks), alone?.losses ?? [])).toBeLessThan(1e-5);
  expect((first?.threads ?? 0) * 2).toBeLessThanOrEqual(Math.max(2, alone?.threads ?? 0));
});

describe("gradients in buckets", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  const orders = { devices: 2, batchSize: 4, steps: 6, optimizer: "sgd", backend: "onnxruntime" } as const;

  it.each(IS_FULL ? LOOPS : (["fabric"] as const))(
    "give the same bits with %s, whether the backward is cut for each of them or runs as one graph",
    async (loop) => {
      const shareGradients = false;
      const [first] = await train({ ...orders, loop, reduction: { shareGradients } });
      const [cut, other] = await train({ ...orders, loop, reduction: { bucketCapMb: 1e-6, shareGradients } });
      expect(cut).toEqual(first);
      expect(other?.weights).toEqual(first?.weights);
    },
  );

  it("train nearly alike when they travel as bfloat16, and all ranks to the same weights", async () => {
    const [first] = await train({ ...orders, loop: "trainer" });
    const [rounded, other] = await train({ ...orders, loop: "trainer", reduction: { gradientCompression: "bf16" } });
    expect(other?.weights).toEqual(rounded?.weights);
    expect(rounded?.weights).not.toEqual(first?.weights);
    // Each mean is rounded to 8 bits, after numbers that are too.
    const change = furthest(rounded?.weights ?? [], first?.weights ?? []);
    expect(change / largest(first?.weights ?? [])).toBeLessThan(2 ** -8);
  });
});

describe.runIf(IS_FULL)(
  "a step whose gradients overflow on one rank",
  { timeout: TIMEOUT_MS, concurrent: true },
  () => {
    it.each(LOOPS)("is left out by all of them, with %s", async (loop) => {
      const mixed = {
        loop,
        batchSize: 4,
        steps: 8,
        optimizer: "sgd",
        precision: "16-mixed",
        backend: "onnxruntime",
      } as const;
      const [first, second] = await train({ ...mixed, devices: 2, overflows: 1 });
      const [alone] = await train({ ...mixed, devices: 1, batchSize: 8, overflows: 0 });
      expect(second?.weights).toEqual(first?.weights);
      expect(first?.weights.every(Number.isFinite)).toBe(true);
      // 1024, halved in the third step, and doubled after the four that follow.
      expect([first?.scale, second?.scale, alone?.scale]).toEqual([1024, 1024, 1024]);
      // Products of halves: what ranks and one process round differently.
      expect(furthest(first?.weights ?? [], alone?.weights ?? [])).toBeLessThan(1e-3);
      const [without] = await train({ ...mixed, devices: 2 });
      expect(furthest(first?.weights ?? [], without?.weights ?? [])).toBeGreaterThan(1e-3);
    });
  },
);

describe("a parameter that one rank does not use", { timeout: TIMEOUT_MS, concurrent: true }, () => {
  const orders = { loop: "trainer", devices: 2, batchSize: 2, steps: 4, optimizer: "sgd", withoutExtra: 1 } as const;

  it("is named to all ranks, with the strategy that would take it", async () => {
    const { code, stderr } = await runRanks("train.ts", { ...orders, strategy: "ddp_find_unused_parameters_false" });
    expect(code).toBe(1);
    const called =
      /rank 0: call \d+, allReduce "gradients, bucket 1 of 1" .*; rank 1: .*, without extra.weight, extra.bias"/g;
    expect(stderr.match(called)?.length, stderr).toBeGreaterThanOrEqual(2);
    expect(stderr).toContain('strategy: "ddp_find_unused_parameters_true"');
  });

  it.each(IS_FULL ? LOOPS : LOOPS.slice(0, 1))("counts as zero there with that strategy, in %s", async (loop) => {
    const found = { ...orders, loop, strategy: "ddp_find_unused_parameters_true" } as const;
    const [first, second] = await train(found);
    // One process that uses the layer for the rows of the other rank alone.
    const [alone] = await train({ ...orders, loop, devices: 1, batchSize: 4 });
    expect(second?.weights).toEqual(first?.weights);
    expect(furthest(first?.weights ?? [], alone?.weights ?? []) / largest(alone?.weights ?? [])).toBeLessThan(1e-6);
  });

  it("stays as it is where no rank uses it, whatever the strategy", async () => {
    const [first, second] = await train({ ...orders, withoutExtra: "all" });
    const found = { ...orders, withoutExtra: "all", strategy: "ddp_find_unused_parameters_true" } as const;
    expect([first?.weights, second?.weights]).toEqual((await train(found)).map(({ weights }) => weights));
    const [still] = await train({ ...orders, withoutExtra: "all", steps: 1 });
    expect(first?.weights.slice(-7)).toEqual(still?.weights.slice(-7));
  });
});
