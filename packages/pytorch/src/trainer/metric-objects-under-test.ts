import { DataLoader, F, Metric, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
import { cpu } from "@lightning-ts/fabric";
import { LightningModule } from "../contract/lightning-module.js";
import type { TrainerOptions } from "../options/trainer-options.js";

export type Batch = [x: tf.Tensor2D, y: tf.Tensor1D];

/** How many labels the largest logit hits. */
export class Accuracy extends Metric {
  override readonly fullStateUpdate = false;
  readonly correct = this.addState("correct", { reduce: "sum" });
  readonly seen = this.addState("seen", { reduce: "sum" });
  readonly labels = this.addListState("labels");

  override update(logits: tf.Tensor, labels: tf.Tensor): void {
    const hits = tf.equal(tf.argMax(logits, 1), tf.cast(labels, "int32"));
    this.correct.assign(tf.add(this.correct, tf.sum(tf.cast(hits, "float32"))));
    this.seen.assign(tf.add(this.seen, labels.size));
    this.labels.push(labels);
  }
  override compute(): tf.Tensor {
    return tf.div(this.correct, this.seen);
  }
}

export class SlowAccuracy extends Metric {
  readonly correct = this.addState("correct", { reduce: "sum" });

  override update(logits: tf.Tensor): void {
    this.correct.assign(tf.add(this.correct, logits.size));
  }
  override async compute(): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const [value = 0] = await this.correct.data();
    return value;
  }
}

export class Net extends LightningModule<Batch> {
  readonly layer = new nn.Linear(4, 3);
  readonly trainAcc = new Accuracy();
  readonly valAcc = new Accuracy();

  override forward(x: tf.Tensor) {
    return this.layer.forward(x);
  }
  override trainingStep([x, y]: Batch): tf.Tensor {
    const logits = this.layer.forward(x);
    this.trainAcc.forward(logits, y);
    this.log("acc", this.trainAcc, { onStep: true, onEpoch: true });
    return F.crossEntropy(logits, y);
  }
  override validationStep([x, y]: Batch): void {
    this.valAcc.update(this.layer.forward(x), y);
    this.log("val_acc", this.valAcc);
  }
  override configureOptimizers() {
    return new optim.SGD(this.parameters(), { lr: 0.1 });
  }
}

export const ROWS = 24;
export function loader(batchSize = 4) {
  const values = Float32Array.from({ length: ROWS * 4 }, (_, i) => Math.sin(i * 7));
  const x = tf.buffer<tf.Rank.R2>([ROWS, 4], "float32", values);
  const y = Int32Array.from({ length: ROWS }, (_, i) => (i * 5) % 3);
  return new DataLoader(new TensorDataset(x, y), { batchSize });
}

export function quietOptions(backend = "cpu"): TrainerOptions {
  return {
    accelerator: cpu({ backend }),
    logger: false,
    maxEpochs: 2,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    numSanityValSteps: 1,
  };
}
