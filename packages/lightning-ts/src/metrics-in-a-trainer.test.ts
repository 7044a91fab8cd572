import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DataLoader, F, nn, optim, seedEverything, TensorDataset, tf } from "./core.js";
import { LightningModule, Trainer, type TrainerOptions } from "./index.js";
import {
  BinaryAUROC,
  BootStrapper,
  CatMetric,
  ClasswiseWrapper,
  CompositionalMetric,
  MeanMetric,
  MeanSquaredError,
  MetricCollection,
  MetricTracker,
  MinMaxMetric,
  MulticlassPrecision,
  MulticlassRecall,
  MultioutputWrapper,
  Running,
  SumMetric,
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

/** A wrapper of each kind, none of which is ever reset. */
class Wrapped extends LightningModule<Batch> {
  readonly net = new nn.Linear(3, 2);
  readonly extremes = new MinMaxMetric(new MeanMetric());
  readonly drawn = new BootStrapper(new MeanMetric(), { numBootstraps: 3 });
  readonly running = new Running(new SumMetric(), { window: 3 });
  readonly byClass = new ClasswiseWrapper(new MulticlassRecall({ numClasses: 2, average: "none" }));
  readonly byOutput = new MultioutputWrapper(new MeanSquaredError(), { numOutputs: 2 });
  readonly rows = new CatMetric();
  readonly tracker = new MetricTracker(
    new MetricCollection({ extremes: new MinMaxMetric(new MeanMetric()), rows: new CatMetric() }),
  );

  override onTrainEpochStart() {
    this.tracker.increment();
  }
  override trainingStep([x, y]: Batch) {
    const scores = this.net.forward(x);
    const loss = F.crossEntropy(scores, y);
    const share = tf.squeeze(tf.slice(tf.softmax(scores), [0, 1], [-1, 1]), [1]);
    this.extremes.forward(loss);
    this.drawn.update(share);
    this.running.update(loss);
    this.byClass.update(scores, y);
    this.byOutput.update(scores, tf.zerosLike(scores));
    this.rows.update(share);
    this.tracker.forward(share);
    return loss;
  }
  /** Every number that any of them gives. */
  values(): number[] {
    const all = [this.extremes, this.drawn, this.running, this.byClass, this.byOutput, this.rows].map((one) =>
      one.compute(),
    );
    return [...all, this.tracker.nSteps, this.tracker.computeAll()].flatMap(numbersIn);
  }
  override configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: 0.2 });
  }
}

function numbersIn(value: unknown): number[] {
  if (value instanceof tf.Tensor) return Array.from(value.dataSync(), Number);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [Number(value)];
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

  it("have the numbers of an uninterrupted run in every wrapper, steps of a tracker included", async () => {
    seedEverything(1);
    const whole = new Wrapped();
    await trainer().fit(whole, loader());
    const expected = whole.values();
    expect(expected.length).toBeGreaterThan(60);
    expect(expected).not.toContain(Number.NaN);

    for (const maxSteps of [BATCHES + 2, BATCHES]) {
      seedEverything(1);
      const path = join(folder, `wrapped-${maxSteps}.ckpt`);
      const part = trainer({ maxSteps });
      await part.fit(new Wrapped(), loader());
      await part.saveCheckpoint(path);
      seedEverything(99);
      const resumed = new Wrapped();
      await trainer().fit(resumed, loader(), undefined, { ckptPath: path });
      expect(resumed.values()).toEqual(expected);

      const loaded = await Wrapped.loadFromCheckpoint(path);
      expect(loaded.tracker.nSteps).toBe(maxSteps > BATCHES ? 2 : 1);
      loaded.dispose();
    }
  });
});
