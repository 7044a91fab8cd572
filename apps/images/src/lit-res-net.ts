import type * as tf from "@tensorflow/tfjs-core";
import * as L from "lightning-ts";
import { F, optim } from "lightning-ts/core";
import { resnet18 } from "lightning-ts/vision";

/** Images `[B, 3, 28, 28]` and labels `[B]`. */
export type ImageBatch = [images: tf.Tensor4D, labels: tf.Tensor1D];

/** ResNet-18 from scratch. */
export class LitResNet extends L.LightningModule<ImageBatch> {
  readonly net = resnet18({ numClasses: 10 });

  override trainingStep([images, labels]: ImageBatch) {
    const loss = F.crossEntropy(this.net.forward(images), labels);
    this.log("train_loss", loss, { progBar: true });
    return loss;
  }

  override testStep([images, labels]: ImageBatch): void {
    this.log("test_acc", this.net.forward(images).argMax(1).equal(labels).mean());
  }

  override configureOptimizers() {
    return new optim.AdamW(this.parameters(), { lr: 1e-3 });
  }
}
