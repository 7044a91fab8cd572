import * as tf from "@tensorflow/tfjs";
import { Fabric } from "lightning-ts/fabric"; // 1
import { digitBatches } from "./digits.js";
import { createModel, lossOf } from "./model.js";
import { printLoss } from "./print-loss.js";

const fabric = new Fabric({ accelerator: "auto" }); // 2
await fabric.launch(); // 3
const [model, optimizer] = fabric.setup(createModel(), tf.train.adam(0.001)); // 4
const batches = fabric.setupDataloaders(await digitBatches()); // 5

let step = 0;
for await (const batch of batches) {
  tf.tidy(() => {
    const loss = optimizer.minimize(() => lossOf(model, batch), true);
    printLoss(step, loss);
  });
  step += 1;
}
