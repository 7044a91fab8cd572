import { DataLoader, optim, setGrad, tf, type Optimizer } from "@lightning-ts/core";
import { cpu, CSVLogger } from "@lightning-ts/fabric";
import {
  BoringModel,
  FakeProcesses,
  FakeSignals,
  FakeTerminal,
  MemoryFiles,
  randomDataset,
} from "@lightning-ts/testing";
import { beforeAll, expect, it } from "vitest";
import type { TrainerOptions } from "../options/trainer-options.js";
import { Trainer } from "./trainer.js";

class Net extends BoringModel {
  own: Optimizer | undefined;
  override configureOptimizers() {
    return this.own ?? new optim.Adam(this.parameters(), { lr: 0.1 });
  }
}

const loader = () => new DataLoader(randomDataset({ length: 4 }), { batchSize: 2 });
const signals = new FakeSignals();
const processes = new FakeProcesses();

function makeTrainer(options: TrainerOptions = {}): Trainer {
  const files = new MemoryFiles();
  return new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    maxEpochs: 1,
    logger: new CSVLogger({ saveDir: "/logs", files }),
    enableProgressBar: false,
    enableModelSummary: false,
    ports: { files, terminal: new FakeTerminal(), signals, processes },
    ...options,
  });
}

beforeAll(async () => {
  await makeTrainer().fit(new Net(), loader(), loader());
});

it("twenty fits in one process leave no tensor and no listener", async () => {
  const before = tf.memory().numTensors;
  for (let round = 0; round < 20; round += 1) {
    using trainer = makeTrainer({ accumulateGradBatches: 3 });
    const model = new Net();
    await trainer.fit(model, loader(), loader());
    await trainer.test(model, loader(), { verbose: false });
    model.dispose();
  }
  expect(tf.memory().numTensors).toBe(before);
  expect((["SIGINT", "SIGTERM", "SIGUSR1"] as const).map((name) => signals.handlerCount(name))).toEqual([0, 0, 0]);
  expect(processes.rejectionHandlers.size).toBe(0);
});

it("several fits of one Trainer are freed with it, and it can go on", async () => {
  const before = tf.memory().numTensors;
  const trainer = makeTrainer();
  const models = [new Net(), new Net()];
  for (const model of models) await trainer.fit(model, loader());
  trainer.dispose();
  trainer.dispose();
  models.push(new Net());
  for (const model of models.slice(2)) await trainer.fit(model, loader());
  trainer.dispose();
  for (const model of models) model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it("an optimizer that has taken steps before the fit stays its user's", async () => {
  const model = new Net();
  model.own = new optim.Adam(model.parameters(), { lr: 0.1 });
  for (const parameter of model.parameters()) setGrad(parameter, tf.ones(parameter.shape));
  model.own.step();
  const trainer = makeTrainer();
  await trainer.fit(model, loader());
  trainer.dispose();
  expect([model.own.state.size, model.layer.weight.isDisposed]).toEqual([2, false]);
});

it("a checkpoint after the end holds the weights, and nothing that was freed", async () => {
  const files = new MemoryFiles();
  const trainer = makeTrainer({
    logger: false,
    enableCheckpointing: false,
    ports: { files, terminal: new FakeTerminal() },
  });
  await trainer.fit(new Net(), loader());
  trainer.dispose();
  await trainer.saveCheckpoint("/net.ckpt");
  await expect(trainer.fit(new Net(), loader(), { ckptPath: "/net.ckpt" })).rejects.toThrow(/other optimizers|resum/);
});

it("is refused during a run", async () => {
  class Hasty extends Net {
    override onTrainEpochStart() {
      this.trainer.dispose();
    }
  }
  await expect(makeTrainer().fit(new Hasty(), loader())).rejects.toThrow(/trainer\.dispose\(\) was called during fit/);
});
