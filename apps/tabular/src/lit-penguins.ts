import type * as tf from "@tensorflow/tfjs-core";
import * as L from "lightning-ts";
import { F, nn, optim } from "lightning-ts/core";
import type { PenguinBatch } from "./penguin-data-module.js";

/** Two layers that tell three species apart. */
export class LitPenguins extends L.LightningModule<PenguinBatch> {
  readonly net = new nn.Sequential(new nn.Linear(9, 16), new nn.ReLU(), new nn.Linear(16, 3));

  /** @returns one score per species, `[B, 9] -> [B, 3]` */
  override forward(features: tf.Tensor): tf.Tensor2D {
    return this.net.forward(features).as2D(-1, 3);
  }

  override trainingStep([features, species]: PenguinBatch) {
    const loss = F.crossEntropy(this.forward(features), species);
    this.log("train_loss", loss, { progBar: true });
    return loss;
  }

  override validationStep([features, species]: PenguinBatch): void {
    const scores = this.forward(features);
    this.log("val_loss", F.crossEntropy(scores, species));
    this.log("val_acc", scores.argMax(1).equal(species).mean(), { progBar: true });
  }

  override configureOptimizers() {
    return new optim.AdamW(this.parameters(), { lr: 1e-2 });
  }
}
