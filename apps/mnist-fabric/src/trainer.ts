import type { MnistBatch } from "@apps/mnist-data";
import * as tf from "@tensorflow/tfjs";
import * as L from "lightning-ts";
import { digitBatches } from "./digits.js";
import { createModel, lossOf } from "./model.js";
import { printLoss } from "./print-loss.js";

class DigitClassifier extends L.LightningModule<MnistBatch> {
  readonly model = createModel();

  override trainingStep(batch: MnistBatch, batchIdx: number): tf.Scalar {
    const loss = lossOf(this.model, batch);
    printLoss(batchIdx, loss);
    return loss;
  }

  override configureOptimizers() {
    return tf.train.adam(0.001);
  }
}

const trainer = new L.Trainer({
  maxEpochs: 1,
  logger: false,
  enableCheckpointing: false,
  enableProgressBar: false,
  enableModelSummary: false,
});
await trainer.fit(new DigitClassifier(), await digitBatches());
