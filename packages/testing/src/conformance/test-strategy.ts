import { F, gradOf, nn, noGrad, optim, tensorScope, tf } from "@lightning-ts/core";
import type { OpenGradient, Strategy } from "@lightning-ts/fabric";
import { Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

export interface StrategySuite {
  readonly name: string;
  /** Connects and launches one strategy per rank, runs `body` on all of them at once, and tears them down. */
  readonly onEveryRank: (body: (strategy: Strategy) => Promise<void>) => Promise<void>;
  /** A strategy that is not connected. */
  readonly create: () => Strategy;
}

/** What every `Strategy` does, on any number of ranks. */
export function testStrategy({ name, onEveryRank, create }: StrategySuite): void {
  describe(`Strategy: ${name}`, () => {
    it("has no device before launch and says what to do", () => {
      expect(create().isLaunched).toBe(false);
      expect(() => create().device).toThrow(/launch/);
    });

    it("knows its place, and launching again does nothing", () =>
      onEveryRank(async (strategy) => {
        expect(strategy.globalRank).toBeLessThan(strategy.worldSize);
        expect(strategy.isGlobalZero).toBe(strategy.globalRank === 0);
        expect([strategy.collective.rank, strategy.collective.worldSize]).toEqual([
          strategy.globalRank,
          strategy.worldSize,
        ]);
        const { device } = strategy;
        await strategy.launch();
        expect(strategy.device).toBe(device);
      }));

    it("splits data over the ranks, or says that every rank sees all of it", () =>
      onEveryRank(async (strategy) => {
        if (strategy.samplerRanks !== undefined)
          expect(strategy.samplerRanks).toEqual({ numReplicas: strategy.worldSize, rank: strategy.globalRank });
        else expect(strategy.worldSize).toBe(1);
      }));

    it("gives all ranks the same weights, and the mean of their gradients", () =>
      onEveryRank(async (strategy) => {
        const { model, optimizer } = await setUp(strategy);
        using _scope = tensorScope();
        const x = tf.tensor2d([[strategy.globalRank + 1, 2]]);
        strategy.backward(tf.sum(model.forward(x)));
        await strategy.gradientsReady();
        const meanRank = (strategy.worldSize + 1) / 2;
        expect([...(gradOf(model.weight)?.dataSync() ?? [])]).toEqual([meanRank, 2]);
        strategy.optimizerStep(optimizer);
        const weights = [...model.weight.dataSync()];
        expect(await strategy.allGather(weights, "weights")).toEqual(
          strategy.worldSize === 1 ? weights : Array.from({ length: strategy.worldSize }, () => weights),
        );
      }));

    it("accumulates on each rank alone inside noBackwardSync", () =>
      onEveryRank(async (strategy) => {
        const { model } = await setUp(strategy);
        using _scope = tensorScope();
        strategy.noBackwardSync(model, () =>
          strategy.backward(tf.sum(model.forward(tf.tensor2d([[strategy.globalRank + 1, 0]])))),
        );
        expect(gradOf(model.weight)?.dataSync()[0]).toBe(strategy.globalRank + 1);
      }));

    it("gives a checkpoint the mean of what ranks have accumulated, changes nothing, and goes on from it", () =>
      onEveryRank(async (strategy) => {
        const { model, optimizer } = await setUp(strategy);
        const parameters = model.parameters();
        const isLast = strategy.globalRank === strategy.worldSize - 1;
        const backward = (factor: number) => {
          using _scope = tensorScope();
          const x = tf.tensor2d([[factor * (strategy.globalRank + 1), 2]]);
          strategy.backward(tf.sum(model.forward(x)));
        };
        expect(await strategy.openGradients(parameters)).toEqual([null]);
        strategy.noBackwardSync(model, () => backward(1));
        const own = gradOf(model.weight);
        expect(await strategy.openGradients(parameters, () => false)).toEqual([null]);
        const [open = null] = await strategy.openGradients(parameters, () => isLast);
        const mean = (strategy.worldSize + 1) / 2;
        const values = Float32Array.from(await valuesOf(open));
        expect([...values]).toEqual([mean, 2]);
        expect(gradOf(model.weight)).toBe(own);
        expect([...(own?.dataSync() ?? [])]).toEqual([strategy.globalRank + 1, 2]);
        optimizer.zeroGrad();
        strategy.resumeGradients(new Map([[model.weight, tf.tensor2d(values, [1, 2])]]));
        expect(Array.from(await valuesOf((await strategy.openGradients(parameters))[0] ?? null))).toEqual([mean, 2]);
        backward(3);
        await strategy.gradientsReady();
        const before = model.weight.dataSync();
        strategy.optimizerStep(optimizer);
        const after = model.weight.dataSync();
        expect(((before[0] ?? 0) - (after[0] ?? 0)) / 0.5).toBeCloseTo(4 * mean, 5);
        expect(((before[1] ?? 0) - (after[1] ?? 0)) / 0.5).toBeCloseTo(4, 5);
      }));

    it("clips by the norm of all gradients together", () =>
      onEveryRank(async (strategy) => {
        const { model, optimizer } = await setUp(strategy);
        using _scope = tensorScope();
        strategy.backward(tf.sum(model.forward(tf.tensor2d([[3, 4]]))));
        expect(
          strategy.clipGradNorm(optimizer, model.parameters(), 1, { errorIfNonfinite: true }).dataSync()[0],
        ).toBeCloseTo(5, 4);
        expect(Math.hypot(...(gradOf(model.weight)?.dataSync() ?? []))).toBeCloseTo(1, 4);
        strategy.clipGradValue(optimizer, model.parameters(), 0.5);
        expect(Math.max(...(gradOf(model.weight)?.dataSync() ?? []))).toBeLessThanOrEqual(0.5);
      }));

    it("says when no parameter reaches the loss", () =>
      onEveryRank(async (strategy) => {
        using _scope = tensorScope();
        expect(() => strategy.backward(F.mseLoss(tf.tensor1d([1]), tf.tensor1d([2])))).toThrow(
          /[Nn]o trainable variable/,
        );
      }));

    it("agrees on values and decisions", () =>
      onEveryRank(async (strategy) => {
        expect(await strategy.broadcast({ rank: strategy.globalRank }, 0, "rank")).toEqual({ rank: 0 });
        expect(await strategy.reduce(strategy.globalRank, "sum", "sum of ranks")).toBe(
          (strategy.worldSize * (strategy.worldSize - 1)) / 2,
        );
        expect(await strategy.reduce([strategy.globalRank, 7 - strategy.globalRank], "max", "ranks")).toEqual([
          strategy.worldSize - 1,
          7,
        ]);
        expect(await strategy.agree({ name: "all", wish: strategy.globalRank === 0, of: "all" })).toBe(
          strategy.worldSize === 1,
        );
        expect(await strategy.agree({ name: "any", wish: strategy.globalRank === 0 })).toBe(true);
      }));

    it("moves host batches to the device, nested ones too", () =>
      onEveryRank(async (strategy) => {
        using _scope = tensorScope();
        const moved = strategy.toDevice({ x: tf.buffer<tf.Rank.R1>([2]), name: "b" });
        expect([moved.x.shape, moved.name]).toEqual([[2], "b"]);
        noGrad(() => expect(moved.x.dataSync()).toHaveLength(2));
      }));

    it("saves and loads", () =>
      onEveryRank(async (strategy) => {
        await strategy.saveCheckpoint("/suite/a.ckpt", { step: 3 });
        await strategy.collective.barrier({ name: "saved" });
        expect((await strategy.loadCheckpoint("/suite/a.ckpt"))["step"]).toBe(3);
      }));
  });
}

async function valuesOf(gradient: OpenGradient): Promise<ArrayLike<number>> {
  return gradient === null ? [] : gradient instanceof Tensor ? gradient.data() : gradient.values;
}

async function setUp(strategy: Strategy): Promise<{ model: nn.Linear; optimizer: optim.SGD }> {
  const model = strategy.setupModule(new nn.Linear(2, 1, { bias: false }));
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
  strategy.setupOptimizer(optimizer);
  await strategy.settle();
  return { model, optimizer };
}
