import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "./core.js";
import { LightningModule, Trainer, type TrainerOptions } from "./index.js";
import {
  BinaryAUROC,
  CompositionalMetric,
  MetricCollection,
  MinMaxMetric,
  MulticlassPrecision,
  MulticlassRecall,
} from "./metrics.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

const folder = mkdtempSync(join(tmpdir(), "metrics-"));
afterAll(() => rmSync(folder, { recursive: true }));

const [BATCHES, BATCH_SIZE] = [5, 4];

function loader() {
  const rows = BATCHES * BATCH_SIZE;
  const x = tf.buffer(
    [rows, 3],
    "float32",
    Float32Array.from({ length: rows * 3 }, (_, i) => Math.sin(7 * i)),
  );
  const y = Int32Array.from({ length: rows }, (_, i) => ((i * i) % 3) % 2);
  return new DataLoader(new TensorDataset(x, y), { batchSize: BATCH_SIZE });
}

class Classifier extends LightningModule<Batch> {
  readonly net = new nn.Linear(3, 2);
  readonly precision = new MulticlassPrecision({ numClasses: 2 });
  readonly recall = new MulticlassRecall({ numClasses: 2 });
  readonly metrics = new MetricCollection({ precision: this.precision, recall: this.recall }, { prefix: "train_" });
  readonly area = new MinMaxMetric(new BinaryAUROC());
  readonly sum = CompositionalMetric.of(new MulticlassPrecision({ numClasses: 2 })).add(
    new MulticlassRecall({ numClasses: 2 }),
  );
  readonly seen: Record<string, number>[] = [];

  override trainingStep([x, y]: Batch) {
    const scores = this.net.forward(x);
    this.metrics.update(scores, y);
    this.logDict(this.metrics.metrics, { onStep: false, onEpoch: true });
    this.area.update(tf.squeeze(tf.slice(tf.softmax(scores), [0, 1], [-1, 1]), [1]), y);
    this.sum.update(scores, y);
    this.log("sum", this.sum, { onStep: false, onEpoch: true });
    return F.crossEntropy(scores, y);
  }
  override onTrainEpochEnd() {
    const { raw, max } = this.area.compute();
    this.seen.push({ area: Number(raw.dataSync()[0]), most: Number(max.dataSync()[0]) });
    this.area.reset();
  }
  override configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: 0.2 });
  }
}

function trainer(options: TrainerOptions = {}): Trainer {
  const quiet = { enableProgressBar: false, enableModelSummary: false, enableCheckpointing: false, logger: false };
  return new Trainer({ accelerator: "cpu", maxEpochs: 2, ...quiet, ...options });
}

const numbers = ({ callbackMetrics }: Trainer) =>
  Object.fromEntries(Object.entries(callbackMetrics).map(([name, value]) => [name, Number(value)]));

describe("metrics in a Trainer", () => {
  it("are logged by their names in a collection, and a composition of the same has their sum", async () => {
    seedEverything(1);
    const run = trainer();
    await run.fit(new Classifier(), loader());
    const values = numbers(run);
    expect(Object.keys(values).toSorted()).toEqual(["sum", "train_precision", "train_recall"]);
    expect(values["sum"]).toBeCloseTo(Number(values["train_precision"]) + Number(values["train_recall"]), 6);
  });

  it("have the values of an uninterrupted run after a resume in the middle of an epoch", async () => {
    seedEverything(1);
    const [whole, wholeRun] = [new Classifier(), trainer()];
    await wholeRun.fit(whole, loader());

    seedEverything(1);
    const path = join(folder, "middle.ckpt");
    const part = trainer({ maxSteps: BATCHES + 2 });
    const interrupted = new Classifier();
    await part.fit(interrupted, loader());
    await part.saveCheckpoint(path);
    seedEverything(99);
    const [resumed, resumedRun] = [new Classifier(), trainer()];
    await resumedRun.fit(resumed, loader(), undefined, { ckptPath: path });

    expect(numbers(resumedRun)).toEqual(numbers(wholeRun));
    expect(resumed.seen.at(-1)).toEqual(whole.seen.at(-1));
    expect(whole.seen).toHaveLength(2);
  });
});
