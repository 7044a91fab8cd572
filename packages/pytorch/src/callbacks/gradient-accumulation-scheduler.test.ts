import { DataLoader, optim } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { Trainer } from "../trainer/trainer.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { LightningOptimizer } from "../words/lightning-optimizer.js";
import { GradientAccumulationScheduler } from "./gradient-accumulation-scheduler.js";

function makeTrainer(callback: GradientAccumulationScheduler, options: TrainerOptions = {}) {
  const terminal = new FakeTerminal();
  const trainer = new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 3,
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    callbacks: callback,
    ports: { files: new MemoryFiles(), terminal },
    ...options,
  });
  return { terminal, trainer };
}
const loader = () => new DataLoader(randomDataset({ length: 4 }));

it("changes the number of batches of a step at its epochs, and takes it back", async () => {
  const callback = new GradientAccumulationScheduler({ 1: 2, 2: 4 });
  const { trainer } = makeTrainer(callback);
  const { steps } = await trainer.fit(new BoringModel(), loader());
  expect(steps).toBe(4 + 2 + 1);
  expect(trainer.accumulateGradBatches).toBe(1);
  expect([0, 1, 7].map((epoch) => callback.getAccumulateGradBatches(epoch))).toEqual([1, 2, 4]);
  expect(callback.goingToAccumulateGradBatches()).toBe(true);
  expect(new GradientAccumulationScheduler({ 0: 1 }).goingToAccumulateGradBatches()).toBe(false);
});

it("refuses another number on the Trainer, and leaves that as it is", async () => {
  const { trainer } = makeTrainer(new GradientAccumulationScheduler({ 0: 2 }), { accumulateGradBatches: 4 });
  await expect(trainer.fit(new BoringModel(), loader())).rejects.toThrow(/say different things/);
  expect(trainer.accumulateGradBatches).toBe(4);
});

it("refuses manual optimization", async () => {
  class Manual extends BoringModel {
    override automaticOptimization = false;
  }
  const { trainer } = makeTrainer(new GradientAccumulationScheduler({ 0: 2 }));
  await expect(trainer.fit(new Manual(), loader())).rejects.toThrow(/does nothing in manual optimization/);
});

it.each([
  ["no epochs", {}],
  ["an epoch that is no number", { "": 2 }],
  ["an epoch below 0", { "-1": 2 }],
  ["no batches", { 0: 0 }],
  ["half a batch", { 0: 1.5 }],
])("refuses a schedule with %s", (_name, schedule) => {
  expect(() => new GradientAccumulationScheduler(schedule)).toThrow(/cannot use this schedule/);
});

it("warns where the module steps by itself", async () => {
  class Steps extends BoringModel {
    override configureOptimizers() {
      return new optim.SGD(this.parameters(), { lr: 0.1 });
    }
    override optimizerStep(_epoch: number, _batchIdx: number, optimizer: LightningOptimizer, closure: () => unknown) {
      return optimizer.step(closure);
    }
  }
  const { trainer, terminal } = makeTrainer(new GradientAccumulationScheduler({ 0: 2 }));
  await trainer.fit(new Steps(), loader());
  expect(terminal.warnings.join()).toMatch(/Steps overrides optimizerStep: they are called once/);
});
