import * as tf from "@tensorflow/tfjs";
import { digitBatches } from "./digits.js";
import { createModel, lossOf } from "./model.js";
import { printLoss } from "./print-loss.js";

const model = createModel();
const optimizer = tf.train.adam(0.001);
const batches = await digitBatches();

let step = 0;
for await (const batch of batches) {
  tf.tidy(() => {
    const loss = optimizer.minimize(() => lossOf(model, batch), true);
    printLoss(step, loss);
  });
  step += 1;
}
