import { DataLoader, mapTree, optim, tf } from "@lightning-ts/core";
import { BoringModel, FakeTerminal, MemoryFiles, randomDataset, type BoringBatch } from "@lightning-ts/testing";
import * as layers from "@tensorflow/tfjs-layers";
import { beforeEach, describe, expect, it } from "vitest";
import { LightningDataModule } from "../contract/lightning-data-module.js";
import { LightningModule } from "../contract/lightning-module.js";
import { LambdaCallback } from "../callbacks/lambda-callback.js";
import { LearningRateMonitor } from "../callbacks/learning-rate-monitor.js";
import { ModelCheckpoint } from "../callbacks/model-checkpoint.js";
import { CombinedLoader, type CombineMode } from "../data/combined-loader.js";
import type { TrainerOptions } from "../options/trainer-options.js";
import type { Trainer } from "./trainer.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

let files: MemoryFiles;
let terminal: FakeTerminal;
beforeEach(() => {
  files = new MemoryFiles();
  terminal = new FakeTerminal();
});

const loader = (batches: number) => new DataLoader(randomDataset({ length: batches }));

function makeTrainer(options: TrainerOptions = {}): Trainer {
  return quietTrainer({ maxEpochs: 1, numSanityValSteps: 0, ports: { files, terminal }, ...options });
}

it("a limit is the reason to stop also where a hook has asked to stop", async () => {
  const asks = new LambdaCallback({
    onTrainBatchEnd: (trainer) => {
      if (trainer.batchesSeen === 4) trainer.stop("enough");
    },
  });
  const fit = async (options: TrainerOptions) =>
    (await makeTrainer({ callbacks: asks, ...options }).fit(new BoringModel(), loader(4))).reason;
  expect(await fit({})).toBe("maxEpochs 1 reached");
  expect(await fit({ maxSteps: 4, maxEpochs: 9 })).toBe("maxSteps 4 reached");
  expect(await fit({ maxEpochs: 9 })).toBe("enough");
});

it("the batch before which the module leaves the epoch is its last", async () => {
  const seen: boolean[] = [];
  class Leaves extends BoringModel {
    override onTrainBatchStart(_batch: BoringBatch, batchIdx: number) {
      return batchIdx === 1 ? -1 : undefined;
    }
    override onTrainEpochEnd() {
      seen.push(this.trainer.isLastBatch);
    }
  }
  await makeTrainer().fit(new Leaves(), loader(4));
  expect(seen).toEqual([true]);
});

it.each([
  [1, 3],
  [2, 3],
])("a run that is resumed at the end of epoch %d begins with the next one", async (epochs, more) => {
  const epochsOf: [string, number][] = [];
  const notes = new LambdaCallback({
    onTrainStart: (trainer) => void epochsOf.push(["onTrainStart", trainer.currentEpoch]),
    onTrainEpochStart: (trainer) => void epochsOf.push(["onTrainEpochStart", trainer.currentEpoch]),
  });
  await makeTrainer({
    enableCheckpointing: true,
    callbacks: new ModelCheckpoint({ dirpath: "/a", filename: "a" }),
    maxEpochs: epochs,
  }).fit(new BoringModel(), loader(2));
  const resumed = makeTrainer({ callbacks: notes, maxEpochs: more });
  const { steps } = await resumed.fit(new BoringModel(), loader(2), undefined, { ckptPath: "/a/a.ckpt" });
  expect(steps).toBe(2 * more);
  expect(epochsOf.slice(0, 2)).toEqual([
    ["onTrainStart", epochs],
    ["onTrainEpochStart", epochs],
  ]);
  const finished = makeTrainer({ callbacks: notes, maxEpochs: epochs });
  epochsOf.length = 0;
  await finished.fit(new BoringModel(), loader(2), undefined, { ckptPath: "/a/a.ckpt" });
  expect([epochsOf, finished.currentEpoch]).toEqual([[], epochs]);
});

it("gradients are freed once before validate, test and predict", async () => {
  const calls: string[] = [];
  class Notes extends BoringModel {
    override zeroGrad() {
      calls.push("zeroGrad");
      super.zeroGrad();
    }
    override onValidationStart() {
      calls.push("validate");
    }
    override onTestStart() {
      calls.push("test");
    }
    override onPredictStart() {
      calls.push("predict");
    }
  }
  const trainer = makeTrainer();
  const model = new Notes();
  await trainer.validate(model, loader(1), { verbose: false });
  await trainer.test(model, loader(1), { verbose: false });
  await trainer.predict(model, loader(1));
  expect(calls).toEqual(["zeroGrad", "validate", "zeroGrad", "test", "zeroGrad", "predict"]);
});

it("configureCallbacks knows the Trainer, and nothing that runs yet", async () => {
  class Brings extends BoringModel {
    override configureCallbacks() {
      return this.trainer.maxEpochs === 1 ? [new LearningRateMonitor()] : [];
    }
  }
  const trainer = makeTrainer();
  await expect(trainer.fit(new Brings(), loader(1))).rejects.toThrow(/LearningRateMonitor has no logger/);
  class Logs extends BoringModel {
    override configureCallbacks() {
      this.log("a", 1);
      return [];
    }
  }
  await expect(makeTrainer().fit(new Logs(), loader(1))).rejects.toThrow(/was called in configureCallbacks/);
});

describe("in a dry run", () => {
  it("the logger has every method, and does nothing", async () => {
    class Draws extends BoringModel {
      override async onTrainStart() {
        const { logger } = this;
        logger?.logText?.("a", "b");
        const watch: unknown = Reflect.get(Object(logger), "watch");
        if (typeof watch !== "function") throw new Error("The logger has no method of this name.");
        watch(this);
        const experiment: unknown = Reflect.get(Object(logger), "experiment");
        Reflect.get(Object(experiment), "addHistogram")("a", [1], 0);
        await logger?.save();
        if ((await Promise.resolve(logger)) !== logger) throw new Error("A logger is no promise.");
      }
    }
    const trainer = makeTrainer({ fastDevRun: true, logger: true, callbacks: new LearningRateMonitor() });
    await trainer.fit(new Draws(), loader(2));
    expect(trainer.loggers).toHaveLength(1);
    expect([trainer.logger?.logDir, trainer.logger?.rootDir, trainer.logger?.name]).toEqual([undefined, undefined, ""]);
    expect(files.paths()).toEqual([]);
  });

  it("there is none where there would be none", () => {
    expect(makeTrainer({ fastDevRun: true }).logger).toBeUndefined();
    expect(makeTrainer({ fastDevRun: true, logger: [] }).logger).toBeUndefined();
  });
});

it("predict predicts the short last batch of loaders that drop it", async () => {
  const dropping = () => new DataLoader(randomDataset({ length: 5 }), { batchSize: 2, dropLast: true });
  const trainer = makeTrainer();
  const model = new BoringModel();
  const sizes = (predictions: unknown[]) =>
    predictions.map((one) => (one instanceof tf.Tensor ? one.shape[0] : undefined));
  expect(sizes(await trainer.predict(model, dropping()))).toEqual([2, 2, 1]);
  const both = await trainer.predict(model, [dropping(), loader(1)]);
  expect(both.map((one) => sizes(Array.isArray(one) ? one : []))).toEqual([[2, 2, 1], [1]]);
  class Combined extends LightningDataModule {
    override predictDataloader() {
      return new CombinedLoader([dropping()], "sequential");
    }
  }
  const combined = await trainer.predict(model, { datamodule: new Combined() });
  expect(sizes(combined)).toEqual([2, 2, 1]);
  expect(await trainer.validate(model, dropping(), { verbose: false })).toEqual([{}]);
  expect(trainer.numEvaluationBatches).toBe(2);
});

/** Epochs in which the validation loaders were asked for; -1 for the sanity check. */
async function reloads(options: TrainerOptions): Promise<number[]> {
  const asked: number[] = [];
  class Asks extends BoringModel {
    override valDataloader() {
      asked.push(this.trainer.sanityChecking ? -1 : this.currentEpoch);
      return loader(1);
    }
  }
  await makeTrainer({ maxEpochs: 10, limitTrainBatches: 1, numSanityValSteps: 1, ...options }).fit(new Asks());
  return asked;
}

it.each([
  [2, 2, [-1, 1, 3, 5, 7, 9]],
  [4, 3, [-1, 2, 8]],
  [2, 1, [-1, 2, 4, 6, 8]],
  [0, 2, [-1]],
])("reloading every %d epochs with a validation every %d", async (reload, check, expected) => {
  expect(await reloads({ reloadDataloadersEveryNEpochs: reload, checkValEveryNEpoch: check })).toEqual(expected);
});

describe("several training loaders", () => {
  /** Numbers that come again in each epoch; with a state, it goes on by itself. */
  class Counts {
    next = 0;
    constructor(readonly length: number) {}
    async *[Symbol.asyncIterator]() {
      while (this.next < this.length) {
        this.next += 1;
        yield this.next - 1;
      }
      this.next = 0;
    }
    state() {
      return { next: this.next };
    }
    restore({ next }: { readonly next: number }) {
      this.next = next;
    }
  }
  const plain = (length: number) => ({
    length,
    *[Symbol.iterator]() {
      for (let i = 0; i < length; i += 1) yield i;
    },
  });

  /** The batches of two epochs. */
  const run = async (
    loaders: { readonly a: AsyncIterable<unknown>; readonly b: AsyncIterable<unknown> | Iterable<unknown> },
    mode: CombineMode,
    stopAt: number,
    ckptPath?: string,
  ) => {
    const seen: unknown[] = [];
    class Model extends BoringModel {
      override trainingStep(batch: BoringBatch) {
        seen.push(JSON.stringify(mapTree(batch, (leaf) => (leaf instanceof tf.Tensor ? [...leaf.dataSync()] : leaf))));
        return { loss: this.layer.weight.square().mean() };
      }
    }
    const saves = new LambdaCallback({
      onTrainBatchEnd: async (trainer) => {
        if (trainer.batchesSeen === stopAt) await trainer.saveCheckpoint("/ckpt/a.ckpt");
      },
    });
    await makeTrainer({ callbacks: saves, maxEpochs: 2 }).fit(new Model(), {
      trainDataloaders: new CombinedLoader(loaders, mode),
      ckptPath,
    });
    return seen;
  };

  it.each([
    ["max_size_cycle", 7, 4],
    ["max_size_cycle", 4, 7],
    ["max_size_cycle", 3, 7],
    ["min_size", 7, 5],
    ["max_size", 4, 6],
  ] as const)("each goes on by its own means: %s of %d and %d", async (mode, counted, iterated) => {
    const loaders = () => ({ a: new Counts(counted), b: plain(iterated) });
    for (const stopAt of [1, 3, 4, 5]) {
      const whole = await run(loaders(), mode, stopAt);
      expect(await run(loaders(), mode, -1, "/ckpt/a.ckpt")).toEqual(whole.slice(stopAt));
    }
  });

  it("a shuffled loader that came again in the epoch goes on in its second round", async () => {
    const shuffled = (rows: number) => new DataLoader(randomDataset({ length: rows }), { shuffle: true, seed: 5 });
    const loaders = () => ({ a: shuffled(3), b: shuffled(7) });
    for (const stopAt of [2, 3, 4, 6]) {
      const whole = await run(loaders(), "max_size_cycle", stopAt);
      expect(await run(loaders(), "max_size_cycle", -1, "/ckpt/a.ckpt")).toEqual(whole.slice(stopAt));
    }
  });
});

describe("trainer.ckptPath", () => {
  it("that was set is where runs start from, until one is given", async () => {
    await makeTrainer({
      callbacks: new ModelCheckpoint({ dirpath: "/a", filename: "a" }),
      enableCheckpointing: true,
    }).fit(new BoringModel(), loader(2));
    const trainer = makeTrainer({ maxEpochs: 3 });
    trainer.ckptPath = "/a/a.ckpt";
    expect(trainer.ckptPath).toBe("/a/a.ckpt");
    const model = new BoringModel();
    expect((await trainer.fit(model, loader(2))).steps).toBe(6);
    await trainer.validate(model, loader(1), { verbose: false });
    expect(trainer.ckptPath).toBe("/a/a.ckpt");
    await expect(trainer.validate(model, loader(1), { verbose: false, ckptPath: "/a/missing.ckpt" })).rejects.toThrow(
      /missing\.ckpt/,
    );
    expect(terminal.warnings.join()).toMatch(/trainer\.ckptPath is "\/a\/a\.ckpt", but trainer\.validate was called/);
    await trainer.validate(model, loader(1), { verbose: false });
    expect(trainer.ckptPath).toBeUndefined();
    trainer.ckptPath = "/a/missing.ckpt";
    trainer.ckptPath = undefined;
    await trainer.validate(model, loader(1), { verbose: false });
  });
});

/** Dense layers of tfjs, trained by an optimizer of tfjs. */
class Layers extends LightningModule<BoringBatch> {
  readonly net: layers.LayersModel;
  constructor(readonly makeOptimizer: () => tf.Optimizer) {
    super();
    this.net = layers.sequential({
      layers: [
        layers.layers.dense({
          units: 2,
          inputShape: [32],
          kernelInitializer: layers.initializers.glorotNormal({ seed: 3 }),
        }),
      ],
    });
  }
  override trainingStep([x]: BoringBatch) {
    const output = this.net.apply(x);
    if (!(output instanceof tf.Tensor)) throw new Error("One tensor is expected.");
    return output.sub(1).square().mean();
  }
  override configureOptimizers() {
    return this.makeOptimizer();
  }
}

describe("a tf.LayersModel with an optimizer of tf.train", () => {
  it.each([
    ["adam", () => tf.train.adam(0.05)],
    ["momentum", () => tf.train.momentum(0.05, 0.9)],
    ["sgd", () => tf.train.sgd(0.05)],
  ] as const)("is saved and resumed: %s", async (_name, makeOptimizer) => {
    const fit = async (maxEpochs: number, dirpath: string, ckptPath?: string) => {
      const model = new Layers(makeOptimizer);
      const callbacks = new ModelCheckpoint({ dirpath, filename: "a" });
      await makeTrainer({ enableCheckpointing: true, callbacks, maxEpochs }).fit(model, loader(4), undefined, {
        ckptPath,
      });
      const [weights] = model.net.getWeights();
      return weights?.dataSync();
    };
    const whole = await fit(3, "/whole");
    await fit(1, "/part");
    expect(await fit(3, "/rest", "/part/a.ckpt")).toEqual(whole);
    await expect(fit(3, "/other", "/other/missing.ckpt")).rejects.toThrow(/missing/);
  });

  it("refuses the state of another optimizer", async () => {
    const callbacks = new ModelCheckpoint({ dirpath: "/a", filename: "a" });
    class OwnOptimizer extends LightningModule<BoringBatch> {
      readonly net = new Layers(() => tf.train.sgd(1)).net;
      override trainingStep(batch: BoringBatch) {
        return Reflect.apply(Layers.prototype.trainingStep, this, [batch]);
      }
      override configureOptimizers() {
        return new optim.SGD(this.parameters(), { lr: 0.1 });
      }
    }
    await makeTrainer({ enableCheckpointing: true, callbacks }).fit(new OwnOptimizer(), loader(2));
    await expect(
      makeTrainer({ maxEpochs: 2 }).fit(new Layers(() => tf.train.adam(0.1)), loader(2), undefined, {
        ckptPath: "/a/a.ckpt",
      }),
    ).rejects.toThrow(/in the file: SGD\. Received 1 from configureOptimizers: TfTrainOptimizer/);
  });
});

it("evaluation prints its table where something was logged, and none where nothing was", async () => {
  class Logs extends BoringModel {
    override validationStep() {
      this.log("val_score", 0.5, { batchSize: 1 });
      return undefined;
    }
  }
  await makeTrainer({ enableProgressBar: false }).test(new Logs(), loader(2));
  expect(terminal.text).not.toContain("Test metric");
  await makeTrainer({ enableProgressBar: false }).validate(new Logs(), loader(2));
  expect(terminal.text).toContain("val_score");
});
