import { DataLoader } from "@lightning-ts/core";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { Trainer as AnyTrainer } from "../contract/trainer.js";
import type { Trainer } from "../trainer/trainer.js";
import { GradientAccumulationScheduler } from "./gradient-accumulation-scheduler.js";
import { quietTrainer } from "../trainer/quiet-trainer-under-test.js";

function makeTrainer(callback: GradientAccumulationScheduler, options: object = {}): Trainer {
  return quietTrainer({ maxEpochs: 4, callbacks: callback, ...options });
}

describe("GradientAccumulationScheduler", () => {
  it("gives each epoch the number of the last one named before it, in whatever order they are written", () => {
    const scheduler = new GradientAccumulationScheduler({ 10: 1, 2: 4, 4: 2 });
    expect([0, 1, 2, 3, 4, 9, 10, 99].map((epoch) => scheduler.getAccumulateGradBatches(epoch))).toEqual([
      1, 1, 4, 4, 2, 2, 1, 1,
    ]);
    expect(new GradientAccumulationScheduler({ 0: 8 }).getAccumulateGradBatches(0)).toBe(8);
    expect(scheduler.scheduling).toEqual({ 0: 1, 2: 4, 4: 2, 10: 1 });
  });

  it("changes how many batches make a step, and leaves 1 behind", async () => {
    const trainer = makeTrainer(new GradientAccumulationScheduler({ 0: 4, 1: 2, 3: 1 }));
    const model = new BoringModel();
    const steps: number[] = [];
    model.onTrainEpochEnd = () => void steps.push(trainer.globalStep);
    await trainer.fit(model, new DataLoader(randomDataset({ length: 4 })));
    expect(steps).toEqual([1, 3, 5, 9]);
    expect(trainer.accumulateGradBatches).toBe(1);
  });

  it("sets the number when training and each epoch start, and takes back what it has set itself", () => {
    const scheduler = new GradientAccumulationScheduler({ 0: 1, 2: 4 });
    const parts = { accumulateGradBatches: 7, currentEpoch: 2 };
    const trainer: AnyTrainer = Object(parts);
    scheduler.teardown(trainer);
    expect(parts.accumulateGradBatches).toBe(7);
    parts.accumulateGradBatches = 1;
    scheduler.onFitStart(trainer, Object(new BoringModel()));
    scheduler.onTrainStart(trainer);
    expect(parts.accumulateGradBatches).toBe(4);
    parts.currentEpoch = 1;
    scheduler.onTrainEpochStart(trainer);
    expect(parts.accumulateGradBatches).toBe(1);
    parts.accumulateGradBatches = 4;
    scheduler.teardown(trainer);
    expect(parts.accumulateGradBatches).toBe(1);
    parts.accumulateGradBatches = 7;
    scheduler.teardown(trainer);
    expect(parts.accumulateGradBatches).toBe(7);
    expect(scheduler.getAccumulateGradBatches(-1)).toBe(1);
  });

  it("warns under a name of its own", () => {
    const warnings: string[] = [];
    class Own extends BoringModel {
      override optimizerStep(...given: Parameters<BoringModel["optimizerStep"]>) {
        return super.optimizerStep(...given);
      }
    }
    const trainer: AnyTrainer = Object({
      accumulateGradBatches: 1,
      warn: (topic: string) => void warnings.push(topic),
    });
    new GradientAccumulationScheduler({ 0: 2 }).onFitStart(trainer, Object(new Own()));
    expect(warnings).toEqual(["accumulation with own steps"]);
  });

  it("knows whether it is going to accumulate at all", () => {
    expect(new GradientAccumulationScheduler({ 0: 1, 3: 1 }).goingToAccumulateGradBatches()).toBe(false);
    expect(new GradientAccumulationScheduler({ 0: 1, 3: 2 }).goingToAccumulateGradBatches()).toBe(true);
  });

  it("warns once of a module that steps by itself, where it accumulates", async () => {
    class Own extends BoringModel {
      override optimizerStep(...given: Parameters<BoringModel["optimizerStep"]>) {
        return super.optimizerStep(...given);
      }
      override optimizerZeroGrad(...given: Parameters<BoringModel["optimizerZeroGrad"]>) {
        return super.optimizerZeroGrad(...given);
      }
    }
    const said = async (scheduling: Record<number, number>, model: BoringModel) => {
      const terminal = new FakeTerminal();
      const trainer = makeTrainer(new GradientAccumulationScheduler(scheduling), {
        ports: { files: new MemoryFiles(), terminal },
      });
      await trainer.fit(model, new DataLoader(randomDataset({ length: 2 })));
      return terminal.warnings.join("\n");
    };
    expect(await said({ 0: 2 }, new Own())).toContain(
      "GradientAccumulationScheduler decides when the optimizer steps, but Own overrides optimizerStep and optimizerZeroGrad: they are called once for each window. Do in onTrainBatchEnd what belongs to each batch.",
    );
    expect(await said({ 0: 1 }, new Own())).not.toContain("decides when");
    expect(await said({ 0: 2 }, new BoringModel())).not.toContain("decides when");
  });

  it.each([
    ["nothing", {}],
    ["a negative epoch", { "-1": 2 }],
    ["half an epoch", { 0.5: 2 }],
    ["no batches", { 0: 0 }],
    ["half a batch", { 0: 1.5 }],
    ["text", { 0: "2" as unknown as number }],
    ["an epoch that is written in another way", { "1e0": 2 }],
    ["a good epoch and a bad one", { 0: 2, "-1": 2 }],
  ])("refuses a schedule of %s", (_, scheduling) => {
    expect(() => new GradientAccumulationScheduler(scheduling)).toThrow(
      "GradientAccumulationScheduler cannot use this schedule. Expected epochs (0 or more) with numbers of batches (1 or more), such as { 0: 8, 4: 1 }. Received",
    );
  });

  it("refuses manual optimization, and a number that the Trainer was told too", async () => {
    const data = () => new DataLoader(randomDataset({ length: 2 }));
    class Manual extends BoringModel {
      override automaticOptimization = false;
    }
    await expect(makeTrainer(new GradientAccumulationScheduler({ 0: 2 })).fit(new Manual(), data())).rejects.toThrow(
      "GradientAccumulationScheduler does nothing in manual optimization. Try: stepping the optimizer every few batches, or automatic optimization.",
    );
    const twice = makeTrainer(new GradientAccumulationScheduler({ 0: 2 }), { accumulateGradBatches: 3 });
    await expect(twice.fit(new BoringModel(), data())).rejects.toThrow(
      "accumulateGradBatches and GradientAccumulationScheduler say different things. Try: one of the two.",
    );
  });
});
