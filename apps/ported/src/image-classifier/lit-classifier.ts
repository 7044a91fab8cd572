import type { MnistBatch } from "@apps/mnist-data";
import * as L from "lightning-ts";
import { F, nn, optim, tf } from "lightning-ts/core";

/** Two layers; Lightning's example lets another module take their place. */
export class Backbone extends nn.Module {
  readonly l1: nn.Linear;
  readonly l2: nn.Linear;

  constructor(hiddenDim = 128) {
    super();
    this.l1 = new nn.Linear(28 * 28, hiddenDim);
    this.l2 = new nn.Linear(hiddenDim, 10);
  }

  override forward(images: tf.Tensor): tf.Tensor {
    const x = images.reshape([images.shape[0] ?? 0, -1]);
    return this.l2.forward(tf.relu(this.l1.forward(x)));
  }
}

export interface ClassifierOptions {
  readonly backbone?: nn.Module & { forward(images: tf.Tensor): tf.Tensor };
  readonly learningRate?: number;
}

export class LitClassifier extends L.LightningModule<MnistBatch, { learningRate: number }> {
  readonly backbone: nn.Module & { forward(images: tf.Tensor): tf.Tensor };

  constructor({ backbone = new Backbone(), learningRate = 1e-4 }: ClassifierOptions = {}) {
    super();
    this.saveHyperparameters({ learningRate });
    this.backbone = backbone;
  }

  override forward(images: tf.Tensor): tf.Tensor {
    return this.backbone.forward(images);
  }

  override trainingStep([x, y]: MnistBatch) {
    const loss = F.crossEntropy(this.forward(x), y);
    this.log("train_loss", loss, { onEpoch: true });
    return loss;
  }

  override validationStep([x, y]: MnistBatch) {
    this.log("valid_loss", F.crossEntropy(this.forward(x), y), { onStep: true });
  }

  override testStep([x, y]: MnistBatch) {
    const scores = this.forward(x);
    this.log("test_loss", F.crossEntropy(scores, y));
    this.log("test_acc", scores.argMax(1).equal(y).mean());
  }

  override predictStep([x]: MnistBatch) {
    return this.forward(x);
  }

  override configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: this.hparams.learningRate });
  }
}
