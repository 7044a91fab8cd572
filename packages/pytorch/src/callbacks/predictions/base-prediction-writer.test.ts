import { DataLoader, RandomSampler, TensorDataset, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { FakeTerminal, MemoryFiles } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { Trainer } from "../../trainer/trainer.js";
import {
  BasePredictionWriter,
  type BasePredictionWriterOptions,
  type WrittenBatch,
  type WrittenEpoch,
} from "./base-prediction-writer.js";

type Batch = [x: tf.Tensor2D];

class Doubles extends LightningModule<Batch> {
  override predictStep([x]: Batch): unknown {
    return x.mul(2);
  }
  override configureOptimizers() {}
}

const valuesOf = (value: unknown) => (value instanceof tf.Tensor ? [...value.dataSync()] : value);

class Writer extends BasePredictionWriter {
  readonly batches: unknown[] = [];
  epoch: WrittenEpoch | undefined;
  predictions: unknown;

  override async writeOnBatchEnd(_trainer: Trainer, _module: LightningModule, written: WrittenBatch) {
    await Promise.resolve();
    const { prediction, batchIndices, batch, batchIdx, dataloaderIdx } = written;
    expect(Array.isArray(batch)).toBe(true);
    this.batches.push([valuesOf(prediction), batchIndices, batchIdx, dataloaderIdx]);
  }
  override writeOnEpochEnd(_trainer: Trainer, _module: LightningModule, written: WrittenEpoch) {
    this.epoch = written;
    const [first] = written.predictions;
    const isNested = Array.isArray(first);
    this.predictions = isNested
      ? written.predictions.map((one) => (Array.isArray(one) ? one.map(valuesOf) : one))
      : written.predictions.map(valuesOf);
  }
}

const data = new TensorDataset(tf.buffer<tf.Rank.R2>([5, 1], "float32", Float32Array.of(0, 1, 2, 3, 4)));
let terminal: FakeTerminal;

function makeTrainer(...callbacks: BasePredictionWriter[]) {
  terminal = new FakeTerminal();
  return new Trainer({
    accelerator: cpu({ backend: "cpu" }),
    logger: false,
    enableCheckpointing: false,
    enableProgressBar: false,
    ports: { files: new MemoryFiles(), terminal },
    callbacks,
  });
}

it("gives each batch with its prediction and the items that it has", async () => {
  const writer = new Writer();
  const predictions = await makeTrainer(writer).predict(new Doubles(), new DataLoader(data, { batchSize: 2 }));
  expect(writer.batches).toEqual([
    [[0, 2], [0, 1], 0, 0],
    [[4, 6], [2, 3], 1, 0],
    [[8], [4], 2, 0],
  ]);
  expect(writer.epoch).toBeUndefined();
  expect(predictions.map(valuesOf)).toEqual([[0, 2], [4, 6], [8]]);
});

it("knows the items of shuffled batches, of batches that are read ahead, and of the last one that a loader drops", async () => {
  const writer = new Writer({ writeInterval: "batch_and_epoch" });
  const sampler = new RandomSampler(data, { seed: 3 });
  const loader = new DataLoader(data, { batchSize: 2, sampler, prefetch: 2, dropLast: true });
  await makeTrainer(writer).predict(new Doubles(), loader, { returnPredictions: false });
  const items = writer.epoch?.batchIndices[0] ?? [];
  expect(items.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  expect(items.flat()).not.toEqual([0, 1, 2, 3, 4]);
  expect(writer.batches).toEqual(items.map((indices, i) => [indices.map((item) => 2 * item), indices, i, 0]));
  expect(writer.predictions).toEqual(items.map((indices) => indices.map((item) => 2 * item)));
});

it("writes all predictions of several loaders as a list for each, and frees them where nobody gets them", async () => {
  const writer = new Writer({ writeInterval: "epoch" });
  const loaders = [new DataLoader(data, { batchSize: 5 }), new DataLoader(data, { batchSize: 3 })];
  const module = new (class extends Doubles {
    override predictStep(batch: Batch, _batchIdx?: number, _dataloaderIdx?: number) {
      return super.predictStep(batch);
    }
  })();
  const trainer = makeTrainer(writer);
  const before = tf.memory().numTensors;
  expect(await trainer.predict(module, loaders, { returnPredictions: false })).toEqual([]);
  expect(tf.memory().numTensors).toBe(before);
  expect(writer.predictions).toEqual([
    [[0, 2, 4, 6, 8]],
    [
      [0, 2, 4],
      [6, 8],
    ],
  ]);
  expect(writer.epoch?.batchIndices).toEqual([
    [[0, 1, 2, 3, 4]],
    [
      [0, 1, 2],
      [3, 4],
    ],
  ]);
  expect(writer.batches).toEqual([]);
  expect(trainer.predictLoop).toMatchObject({ predictions: [], epochBatchIndices: [], currentBatchIndices: undefined });
});

it("says where a loader does not know its items, and goes on without", async () => {
  const writer = new Writer({ writeInterval: "batch_and_epoch" });
  const batches = [[tf.buffer<tf.Rank.R2>([1, 1], "float32", Float32Array.of(7))]] as never;
  await makeTrainer(writer).predict(new Doubles(), batches, { returnPredictions: false });
  expect(writer.batches).toEqual([[[14], undefined, 0, 0]]);
  expect(writer.epoch?.batchIndices).toEqual([[]]);
  expect(terminal.warnings.join()).toContain("batchIndices are missing");
});

it("frees predictions of a run that failed", async () => {
  const writer = new (class extends Writer {
    override async writeOnBatchEnd(_trainer: Trainer, _module: LightningModule, { batchIdx }: WrittenBatch) {
      if (batchIdx === 2) throw new Error("disk full");
    }
  })({ writeInterval: "batch_and_epoch" });
  const before = tf.memory().numTensors;
  const run = makeTrainer(writer).predict(new Doubles(), new DataLoader(data, { batchSize: 2 }));
  await expect(run).rejects.toThrow("disk full");
  expect(tf.memory().numTensors).toBe(before);
});

it("names the method that is missing", async () => {
  class Empty extends BasePredictionWriter {}
  const loader = () => new DataLoader(data, { batchSize: 2 });
  await expect(makeTrainer(new Empty()).predict(new Doubles(), loader())).rejects.toThrow(
    'Empty has writeInterval "batch" and no writeOnBatchEnd. Try: override writeOnBatchEnd, or another writeInterval.',
  );
  const atEnd = makeTrainer(new Empty({ writeInterval: "epoch" })).predict(new Doubles(), loader());
  await expect(atEnd).rejects.toThrow("no writeOnEpochEnd");
});

it("refuses a step that takes an iterator", async () => {
  class Iterates extends Doubles {
    override iteratorSteps = ["predictStep"] as const;
  }
  const run = makeTrainer(new Writer()).predict(new Iterates(), new DataLoader(data));
  await expect(run).rejects.toThrow("takes an iterator");
});

it.each([
  [
    { writeInterval: "step" },
    'Writer cannot use this writeInterval. Expected "batch", "epoch" or "batch_and_epoch". Received "step".',
  ],
  [{ write_interval: "batch" }, "has no option"],
])("refuses %j", (options, message) => {
  expect(() => new Writer(options as BasePredictionWriterOptions)).toThrow(message);
});
