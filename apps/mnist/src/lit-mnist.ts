import type { MnistBatch } from "@apps/mnist-data";
import type * as tf from "@tensorflow/tfjs-core";
import * as L from "lightning-ts";
import { F, nn, optim } from "lightning-ts/core";

/** A classifier of handwritten digits: two hidden layers, Adam, cross-entropy. */
export class LitMnist extends L.LightningModule<MnistBatch> {
  readonly net = new nn.Sequential(
    new nn.Flatten(),
    new nn.Linear(28 * 28, 256),
    new nn.ReLU(),
    new nn.Dropout(0.2),
    new nn.Linear(256, 128),
    new nn.ReLU(),
    new nn.Dropout(0.2),
    new nn.Linear(128, 10),
  );

  /** @returns one score per digit, `[B, 1, 28, 28] -> [B, 10]` */
  override forward(images: tf.Tensor): tf.Tensor2D {
    return this.net.forward(images).as2D(-1, 10);
  }

  override trainingStep([images, labels]: MnistBatch) {
    const loss = F.crossEntropy(this.forward(images), labels);
    this.log("train_loss", loss, { progBar: true });
    return loss;
  }

  override validationStep(batch: MnistBatch): void {
    this.evaluate("val", batch);
  }

  override testStep(batch: MnistBatch): void {
    this.evaluate("test", batch);
  }

  override configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: 1e-3 });
  }

  private evaluate(stage: "val" | "test", [images, labels]: MnistBatch): void {
    const scores = this.forward(images);
    this.log(`${stage}_loss`, F.crossEntropy(scores, labels));
    this.log(`${stage}_acc`, accuracy(scores, labels), { progBar: true });
  }
}

/**
 * The share of rows whose highest score is at the right class.
 * @param scores `[B, classes]`
 * @param labels `[B]` int32
 * @returns a scalar between 0 and 1
 */
function accuracy(scores: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return scores.argMax(1).equal(labels).mean();
}
