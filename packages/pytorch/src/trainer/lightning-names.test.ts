import { DataLoader, tf } from "@lightning-ts/core";
import {
  BoringModel,
  FakeProcesses,
  FakeSignals,
  FakeTerminal,
  MemoryFiles,
  randomDataset,
} from "@lightning-ts/testing";
import { beforeEach, expect, it } from "vitest";
import { EarlyStopping } from "../callbacks/early-stopping.js";
import { ProgressBar } from "../callbacks/progress-bar.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

let terminal: FakeTerminal;
beforeEach(() => {
  terminal = new FakeTerminal();
});

const loader = (batches: number) => new DataLoader(randomDataset({ length: batches }));

function makeTrainer(options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 1, ports: { files: new MemoryFiles(), terminal }, ...options });
}

it("a Trainer has ranks, devices and the name of its precision", async () => {
  const trainer = makeTrainer();
  const { globalRank, localRank, nodeRank, worldSize, isGlobalZero, numNodes, deviceIds, numDevices } = trainer;
  expect([globalRank, localRank, nodeRank, worldSize, isGlobalZero]).toEqual([0, 0, 0, 1, true]);
  expect([numNodes, deviceIds, numDevices, trainer.distributedSamplerKwargs]).toEqual([1, [0], 1, undefined]);
  expect([trainer.precision, trainer.precisionPlugin.name]).toEqual(["32-true", "32-true"]);
  expect(await trainer.allGather({ a: 3 })).toEqual({ a: 3 });
  const made = trainer.initModule(() => new BoringModel());
  expect(made).toBeInstanceOf(BoringModel);
});

it("a Trainer shows its options as it goes by them", () => {
  const defaults = makeTrainer();
  expect([defaults.limitTrainBatches, defaults.limitValBatches, defaults.limitTestBatches]).toEqual(
    Array(3).fill("100%"),
  );
  expect([defaults.limitPredictBatches, defaults.valCheckInterval, defaults.overfitBatches]).toEqual([
    "100%",
    "100%",
    0,
  ]);
  expect([defaults.checkValEveryNEpoch, defaults.numSanityValSteps, defaults.logEveryNSteps]).toEqual([1, 2, 50]);
  expect([defaults.gradientClipVal, defaults.gradientClipAlgorithm, defaults.barebones]).toEqual([
    undefined,
    undefined,
    false,
  ]);
  expect([defaults.fastDevRun, defaults.reloadDataloadersEveryNEpochs]).toEqual([0, 0]);
  const given = makeTrainer({
    limitTrainBatches: 3,
    limitValBatches: 0.25,
    valCheckInterval: "00:00:01:30",
    checkValEveryNEpoch: false,
    numSanityValSteps: -1,
    gradientClipVal: 0.5,
  });
  expect([given.limitTrainBatches, given.limitValBatches, given.valCheckInterval]).toEqual([3, 0.25, { seconds: 90 }]);
  expect([given.checkValEveryNEpoch, given.numSanityValSteps]).toEqual([false, Number.POSITIVE_INFINITY]);
  expect([given.gradientClipVal, given.gradientClipAlgorithm]).toEqual([0.5, "norm"]);
  const overfitting = makeTrainer({ overfitBatches: 2 });
  expect([overfitting.overfitBatches, overfitting.limitTrainBatches, overfitting.limitValBatches]).toEqual([2, 2, 2]);
  expect(makeTrainer({ valCheckInterval: 7 }).valCheckInterval).toBe(7);
  expect(makeTrainer({ fastDevRun: 3 }).limitTestBatches).toBe(3);
});

it("a Trainer has the loaders of each run as they were given, with their batches", async () => {
  const trainer = makeTrainer({ limitValBatches: 3, numSanityValSteps: 2 });
  expect([trainer.numValBatches, trainer.testDataloaders, trainer.predictDataloaders]).toEqual([
    [],
    undefined,
    undefined,
  ]);
  const model = new BoringModel();
  const [train, val] = [loader(4), [loader(5), loader(1)]];
  await trainer.fit(model, train, val);
  expect(trainer.trainDataloader).toBe(train);
  expect(trainer.valDataloaders).toBe(val);
  expect([trainer.numTrainingBatches, trainer.numValBatches, trainer.numSanityValBatches]).toEqual([4, [3, 1], [2, 1]]);
  expect([trainer.valCheckBatch, trainer.enableValidation]).toEqual([4, true]);
  const test = loader(6);
  await trainer.test(model, test, { verbose: false });
  expect([trainer.testDataloaders === test, trainer.numTestBatches]).toEqual([true, [6]]);
  await trainer.predict(model, [test, loader(2)]);
  expect(trainer.numPredictBatches).toEqual([6, 2]);
  async function* stream() {
    yield* await Promise.resolve([[tf.zeros<tf.Rank.R2>([1, 32])] as [tf.Tensor2D]]);
  }
  await trainer.test(model, stream(), { verbose: false });
  expect(trainer.numTestBatches).toEqual([Number.POSITIVE_INFINITY]);
});

it("a Trainer finds its callbacks and its module", async () => {
  const [first, second] = [new EarlyStopping({ monitor: "a" }), new EarlyStopping({ monitor: "b" })];
  const bar = new ProgressBar();
  const trainer = makeTrainer({ callbacks: [first, second, bar], enableProgressBar: true, limitTrainBatches: 0 });
  expect(trainer.earlyStoppingCallbacks).toEqual([first, second]);
  expect(trainer.earlyStoppingCallback).toBe(first);
  expect(trainer.progressBarCallback).toBe(bar);
  expect(makeTrainer().progressBarCallback).toBeUndefined();
  expect([trainer.model, trainer.lightningModule]).toEqual([undefined, undefined]);
  const model = new BoringModel();
  await trainer.fit(model);
  expect([trainer.model === model, trainer.lightningModule === model]).toEqual([true, true]);
  trainer.print("a", 1);
  expect(terminal.text).toContain("a 1\n");
});

it("a module has ranks, a dtype and a device, and gathers from all ranks", async () => {
  const seen: unknown[] = [];
  class Model extends BoringModel {
    override async onTrainStart() {
      seen.push(this.globalRank, this.localRank, this.dtype, this.onGpu, await this.allGather([1]));
    }
  }
  const model = new Model();
  expect([model.globalRank, model.localRank, model.dtype, model.onGpu]).toEqual([0, 0, "float32", false]);
  expect(() => model.allGather(1)).toThrow(/allGather needs a Trainer/);
  await makeTrainer().fit(model, loader(1));
  expect(seen).toEqual([0, 0, "float32", false, [1]]);
});

it("a Trainer says what was called, how it stands, and whether SIGTERM came", async () => {
  const signals = new FakeSignals();
  const trainer = makeTrainer({
    ports: { files: new MemoryFiles(), terminal, signals, processes: new FakeProcesses() },
    onInterrupt: "return",
  });
  expect([trainer.state, trainer.receivedSigterm]).toEqual([
    { fn: undefined, stage: undefined, status: "initializing" },
    false,
  ]);
  class Model extends BoringModel {
    override onTrainBatchEnd() {
      expect(this.trainer.state).toEqual({ fn: "fit", stage: "train", status: "running" });
      signals.send("SIGTERM");
    }
  }
  const result = await trainer.fit(new Model(), loader(3));
  expect([result.status, trainer.receivedSigterm, trainer.state.status]).toEqual(["interrupted", true, "interrupted"]);
});
