import { DataLoader, Metric, tf } from "@lightning-ts/core";
import {
  BoringModel,
  FakeTerminal,
  MemoryFiles,
  onTwoRanks,
  randomDataset,
  type BoringBatch,
} from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import { Trainer } from "./trainer.js";

/** A sum and a list, of which ranks have different parts. */
class Values extends Metric {
  readonly sum = this.addState("sum", { reduce: "sum" });
  readonly rows = this.addListState("rows");
  override update(value: number): void {
    this.sum.assign(tf.add(this.sum, value));
    this.rows.push(tf.tensor1d([value]));
  }
  override compute(): tf.Tensor {
    return tf.add(this.sum, tf.mul(1000, tf.max(this.rows.concat() ?? 0)));
  }
}

const EPOCH = { onStep: false, onEpoch: true, syncDist: true } as const;

/** Logs numbers of its rank and batch, and saves after each batch. */
class Logs extends BoringModel {
  readonly values = new Values();
  constructor(
    readonly rank: number,
    readonly saves: boolean,
  ) {
    super();
  }
  override trainingStep(batch: BoringBatch, batchIdx: number) {
    const value = 10 * this.rank + batchIdx + 1;
    this.log("mean", value, { ...EPOCH, batchSize: this.rank + 1 });
    for (const reduceFx of ["sum", "min", "max"] as const) this.log(reduceFx, value, { ...EPOCH, reduceFx });
    this.values.update(value);
    this.log("object", this.values, { onEpoch: true });
    return this.loss(this.forward(batch[0]));
  }
  override async onTrainBatchEnd(): Promise<void> {
    if (this.saves) await this.trainer.saveCheckpoint(`/after-${this.trainer.batchesSeen}.ckpt`);
  }
}

const BATCHES = 4;
/** As many examples in a step, whatever the number of ranks. */
const loader = (ranks: number) => new DataLoader(randomDataset({ length: 2 * BATCHES }), { batchSize: 2 / ranks });
const quiet = { logger: false, enableCheckpointing: false, enableProgressBar: false, maxEpochs: 1 } as const;

async function onTwo(files: MemoryFiles, ckptPath?: string) {
  const ranks = await onTwoRanks(
    ({ rank, trainer }) =>
      trainer.fit(
        new Logs(rank, ckptPath === undefined),
        loader(2),
        undefined,
        ckptPath === undefined ? {} : { ckptPath },
      ),
    { ports: { files } },
  );
  return ranks.map(({ trainer }) => trainer.callbackMetrics);
}

async function onOne(files: MemoryFiles, ckptPath?: string) {
  const terminal = new FakeTerminal();
  const trainer = new Trainer({ ...quiet, enableModelSummary: false, ports: { files, terminal } });
  await trainer.fit(
    new Logs(0, ckptPath === undefined),
    loader(1),
    undefined,
    ckptPath === undefined ? {} : { ckptPath },
  );
  return { metrics: trainer.callbackMetrics, terminal };
}

describe("what an epoch has collected, in a run that goes on inside of it", () => {
  it("is each rank's own again", async () => {
    const files = new MemoryFiles();
    const [first, second] = await onTwo(files);
    // Rank 0 has 1 to 4, rank 1 has 11 to 14 with twice the weight.
    expect(first).toMatchObject({ mean: (10 + 2 * 50) / 12, sum: 60, min: 1, max: 14, object: 60 + 14_000 });
    expect(second).toEqual(first);
    for (let batch = 1; batch <= BATCHES; batch += 1)
      expect(await onTwo(files, `/after-${batch}.ckpt`), `after ${batch}`).toEqual([first, first]);
  });

  it("counts once where more ranks go on than have saved", async () => {
    const files = new MemoryFiles();
    await onOne(files);
    // Rank 0 goes on with 3 and 4, rank 1 with 13 and 14.
    const expected = { mean: (1 + 2 + 3 + 4 + 2 * (13 + 14)) / 8, sum: 37, min: 1, max: 14, object: 37 + 14_000 };
    for (const metrics of await onTwo(files, "/after-2.ckpt")) expect(metrics).toMatchObject(expected);
    const ended = { mean: 2.5, sum: 10, min: 1, max: 4, object: 10 + 4000 };
    for (const metrics of await onTwo(files, "/after-4.ckpt")) expect(metrics).toMatchObject(ended);
  });

  it("lacks what others have collected where fewer ranks go on, and says so", async () => {
    const files = new MemoryFiles();
    await onTwo(files);
    const { metrics, terminal } = await onOne(files, "/after-2.ckpt");
    expect(metrics).toMatchObject({ sum: 10, object: 10 + 4000 });
    expect(terminal.warnings.join("\n")).toMatch(/written by 2 ranks: what those behind the first 1 have collected/);
  });
});
