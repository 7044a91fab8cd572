import type { MnistBatch } from "@apps/mnist-data";
import * as L from "lightning-ts";
import { F, nn, optim, type tf } from "lightning-ts/core";

export interface AutoEncoderOptions {
  readonly hiddenDim?: number;
  readonly learningRate?: number;
}

/** Squeezes a digit into three numbers, and draws it from them. */
export class LitAutoEncoder extends L.LightningModule<MnistBatch, Required<AutoEncoderOptions>> {
  readonly encoder: nn.Sequential;
  readonly decoder: nn.Sequential;

  constructor({ hiddenDim = 64, learningRate = 10e-3 }: AutoEncoderOptions = {}) {
    super();
    this.saveHyperparameters({ hiddenDim, learningRate });
    this.encoder = new nn.Sequential(new nn.Linear(28 * 28, hiddenDim), new nn.ReLU(), new nn.Linear(hiddenDim, 3));
    this.decoder = new nn.Sequential(new nn.Linear(3, hiddenDim), new nn.ReLU(), new nn.Linear(hiddenDim, 28 * 28));
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const z = this.encoder.forward(x);
    return this.decoder.forward(z);
  }

  override trainingStep(batch: MnistBatch) {
    return this.#commonStep(batch, "train");
  }
  override validationStep(batch: MnistBatch) {
    this.#commonStep(batch, "val");
  }
  override testStep(batch: MnistBatch) {
    this.#commonStep(batch, "test");
  }
  override predictStep(batch: MnistBatch) {
    return this.forward(prepareBatch(batch));
  }

  override configureOptimizers() {
    return new optim.Adam(this.parameters(), { lr: this.hparams.learningRate });
  }

  #commonStep(batch: MnistBatch, stage: string) {
    const x = prepareBatch(batch);
    const loss = F.mseLoss(x, this.forward(x));
    this.log(`${stage}_loss`, loss, { onStep: true, onEpoch: true });
    return loss;
  }
}

/** Rows of pixels from 0 to 1: the digits come normalized by MNIST's mean and deviation. */
export function prepareBatch([images]: MnistBatch): tf.Tensor2D {
  return images
    .mul(0.3081)
    .add(0.1307)
    .reshape([images.shape[0], 28 * 28]);
}
