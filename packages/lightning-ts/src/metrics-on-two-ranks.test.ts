import { onTwoRanks } from "@lightning-ts/testing";
import { expect, it } from "vitest";
import { DataLoader, Metric, nn, optim, TensorDataset, tf } from "./core.js";
import { LightningModule } from "./index.js";
import {
  BinaryAUROC,
  MaxMetric,
  MeanMetric,
  MinMetric,
  MulticlassAccuracy,
  PearsonCorrCoef,
  SumMetric,
} from "./metrics.js";

type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

/** The mean over ranks of what each of them saw last. */
class Last extends Metric {
  override readonly fullStateUpdate = false;
  readonly last = this.addState("last", { reduce: "mean" });

  override update(values: tf.Tensor): void {
    this.last.assign(tf.max(values));
  }
  override compute(): tf.Tensor {
    return tf.clone(this.last);
  }
}

/** Metrics with states of every reduction: sum, mean over counts, min, max, rows, and a function of several ranks. */
class Watched extends LightningModule<Batch> {
  readonly net = new nn.Linear(1, 1);
  readonly kept = {
    sum: new SumMetric(),
    mean: new MeanMetric(),
    least: new MinMetric(),
    most: new MaxMetric(),
    area: new BinaryAUROC(),
    right: new MulticlassAccuracy({ numClasses: 2, average: "micro" }),
    correlation: new PearsonCorrCoef(),
    last: new Last(),
  };
  readonly metrics = new nn.ModuleDict(this.kept);

  /** @param skips batches that this rank's metrics do not see */
  constructor(readonly skips: (batchIdx: number) => boolean = () => false) {
    super();
  }

  override trainingStep([x, y]: Batch, batchIdx: number) {
    if (!this.skips(batchIdx)) this.see(tf.squeeze(x, [1]), y);
    for (const [name, metric] of Object.entries(this.kept)) this.log(name, metric, { onStep: false, onEpoch: true });
    return tf.sum(this.net.forward(x));
  }
  see(values: tf.Tensor, classes: tf.Tensor): void {
    const { sum, mean, least, most, last, area, right, correlation } = this.kept;
    for (const metric of [sum, mean, least, most, last]) metric.update(values);
    area.update(values, classes);
    right.update(tf.cast(tf.greater(values, 0.5), "int32"), classes);
    correlation.update(values, tf.square(values));
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

const X = [0.9, 0.2, 0.7, 0.4, 0.6, 0.1];
const Y = [1, 0, 1, 1, 0, 0];

/** Two ranks take its rows in turn: 0, 2, 4 and 1, 3, 5. */
function loader() {
  const x = tf.buffer([X.length, 1], "float32", Float32Array.from(X));
  return new DataLoader(new TensorDataset(x, Int32Array.from(Y)), { batchSize: 1, shuffle: false });
}

/** What one process finds in the same rows; `last` is of two. */
function alone(rows: readonly number[], last: number): Record<string, number> {
  const module = new Watched();
  for (const row of rows) module.see(tf.tensor1d([X[row] ?? 0]), tf.tensor1d([Y[row] ?? 0], "int32"));
  const values = Object.entries(module.kept).map(([name, metric]) => {
    const value: unknown = metric.compute();
    return [name, value instanceof tf.Tensor ? Number(value.dataSync()[0]) : Number.NaN] as const;
  });
  return { ...Object.fromEntries(values), last };
}

async function expectOnTwoRanks(make: (rank: number) => Watched, expected: Record<string, number>): Promise<void> {
  const ranks = await onTwoRanks(({ rank, trainer }) => trainer.fit(make(rank), loader()));
  for (const { trainer } of ranks)
    for (const [name, value] of Object.entries(expected))
      expect(Number(trainer.callbackMetrics[name]), name).toBeCloseTo(value, 5);
}

it("gives both ranks the values of all rows, for states of every reduction", async () => {
  const expected = alone([0, 1, 2, 3, 4, 5], (0.6 + 0.1) / 2);
  expect(expected["area"]).toBeCloseTo(8 / 9, 6);
  await expectOnTwoRanks(() => new Watched(), expected);
});

it("joins the rows of ranks that have not seen equally many", async () => {
  const skips = (rank: number) => (batchIdx: number) => rank === 1 && batchIdx === 0;
  await expectOnTwoRanks((rank) => new Watched(skips(rank)), alone([0, 2, 4, 3, 5], (0.6 + 0.1) / 2));
});

it("counts the rows of one rank alone where the other has seen none", async () => {
  for (const without of [0, 1]) {
    const rows = without === 1 ? [0, 2, 4] : [1, 3, 5];
    const last = (without === 1 ? 0.6 : 0.1) / 2;
    await expectOnTwoRanks((rank) => new Watched(() => rank === without), alone(rows, last));
  }
});
