import { backward, F, nn, optim, tf } from "@lightning-ts/core";
import { normalNumbers, wholeNumbers } from "./batches.js";
import { LEARNING_RATE, type Workload } from "./workload.js";

const BATCH = 64;

export const mlp: Workload = {
  name: "mlp",
  description: "MLP 784-256-128-10, batch 64, Adam",
  create() {
    const model = new nn.Sequential(
      new nn.Linear(784, 256),
      new nn.ReLU(),
      new nn.Linear(256, 128),
      new nn.ReLU(),
      new nn.Linear(128, 10),
    );
    const optimizer = new optim.Adam(model.parameters(), { lr: LEARNING_RATE });
    const [images, labels] = [normalNumbers(BATCH * 784), wholeNumbers(BATCH, 10)];
    return () => {
      optimizer.zeroGrad();
      const logits = model.forward(tf.tensor2d(images, [BATCH, 784]));
      const loss = F.crossEntropy(logits, tf.tensor1d(labels, "int32"));
      backward(loss);
      optimizer.step();
      return loss;
    };
  },
};
