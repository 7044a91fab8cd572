import { DataLoader, optim } from "@lightning-ts/core";
import { BoringModel, randomDataset } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

const loader = () => new DataLoader(randomDataset({ length: 2 }));

function makeTrainer(): Trainer {
  return quietTrainer({ maxEpochs: 1 });
}

/** What a module sees of its Trainer when it is set up, before the run has made anything. */
class Curious extends BoringModel {
  seen: unknown;
  override setup() {
    const { optimizers, lrSchedulerConfigs, trainDataloader, valDataloaders } = this.trainer;
    this.seen = { optimizers, lrSchedulerConfigs, trainDataloader, valDataloaders };
  }
}

const NOTHING = { optimizers: [], lrSchedulerConfigs: [], trainDataloader: undefined, valDataloaders: undefined };

it("a fit begins without anything of the fit before it: no optimizer, scheduler or loader", async () => {
  const trainer = makeTrainer();
  const [first, second] = [new Curious(), new Curious()];
  first.configureOptimizers = () => {
    const optimizer = new optim.SGD(first.parameters(), { lr: 0.1 });
    return { optimizer, lrScheduler: new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 }) };
  };
  await trainer.fit(first, loader(), loader());
  expect(first.seen).toEqual(NOTHING);
  expect([trainer.optimizers.length, trainer.lrSchedulerConfigs.length]).toEqual([1, 1]);
  expect(trainer.trainDataloader).toBeDefined();
  await trainer.fit(second, loader(), loader());
  expect(second.seen).toEqual(NOTHING);
});

it("an evaluation after a fit leaves what the fit had to be looked at", async () => {
  const trainer = makeTrainer();
  const model = new BoringModel();
  await trainer.fit(model, loader());
  const { optimizers } = trainer;
  await trainer.validate(model, loader());
  expect(trainer.optimizers).toBe(optimizers);
});
