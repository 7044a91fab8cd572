import { carry, F, nn, optim, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { expect, it } from "vitest";
import { LightningModule } from "../contract/lightning-module.js";
import { quietTrainer } from "./quiet-trainer-under-test.js";

type Batch = [x: tf.Tensor2D];

/** Adds half of what it has added up to each batch. */
class Recurrent extends LightningModule<Batch> {
  readonly layer = new nn.Linear(1, 1);
  hidden: tf.Tensor | undefined;
  last: number | undefined;
  readonly counts: number[] = [];

  override async trainingStep([x]: Batch): Promise<tf.Tensor> {
    const hidden = x.add(this.hidden?.mul(0.5) ?? 0);
    if (this.globalStep % 7 === 0) await Promise.resolve();
    this.hidden = carry(hidden, this.hidden);
    return F.mseLoss(this.layer.forward(hidden), tf.onesLike(x));
  }

  override onTrainBatchEnd(_outputs: unknown, _batch: Batch, batchIdx: number) {
    if (batchIdx % 64 === 63) this.counts.push(tf.memory().numTensors);
  }

  override onTrainEpochEnd() {
    this.last = this.hidden?.dataSync()[0];
    this.hidden = carry(undefined, this.hidden);
  }

  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.01 });
  }
}

it.each([
  ["cpu", 2_000],
  ["onnxruntime", 10_000],
])(
  "a tensor that is carried in a field neither leaks nor dies, on %s over %d batches",
  async (backend, batches) => {
    const model = new Recurrent();
    const values = Array.from({ length: batches }, (_, index) => (index % 3) - 1);
    const expected = values.reduce((sum, value) => Math.fround(value + Math.fround(sum / 2)), 0);
    const trainer = quietTrainer({ accelerator: cpu({ backend }), maxEpochs: 1 });
    const loader = {
      *[Symbol.iterator](): Generator<Batch> {
        for (const value of values) yield [tf.buffer([1, 1], "float32", Float32Array.of(value)) as never];
      },
    };
    await trainer.fit(model, loader);
    expect(trainer.globalStep).toBe(batches);
    expect(model.hidden).toBeUndefined();
    expect(model.last).toBe(expected);
    // The Trainer itself keeps the losses of the last batches, 64 at most.
    expect(Math.max(...model.counts) - Math.min(...model.counts)).toBeLessThanOrEqual(64);
  },
  240_000,
);
