import { backward, F, nn, optim, tf } from "@lightning-ts/core";
import { normalNumbers, wholeNumbers } from "./batches.js";
import { LEARNING_RATE, type Workload } from "./workload.js";

const [BATCH, TIME, WIDTH, CLASSES] = [64, 100, 128, 10];

/** Classifies sequences by the state behind their last step. */
class SequenceClassifier extends nn.Module {
  readonly lstm = new nn.LSTM(WIDTH, WIDTH, { batchFirst: true });
  readonly head = new nn.Linear(WIDTH, CLASSES);

  override forward(x: tf.Tensor): tf.Tensor {
    const [, [h]] = this.lstm.forward(x);
    return this.head.forward(tf.reshape(h, [BATCH, WIDTH]));
  }
}

export const lstm: Workload = {
  name: "lstm",
  description: "LSTM 128-128 over 100 steps and a linear layer, batch 64, Adam",
  create() {
    const model = new SequenceClassifier();
    const optimizer = new optim.Adam(model.parameters(), { lr: LEARNING_RATE });
    const [sequences, labels] = [normalNumbers(BATCH * TIME * WIDTH), wholeNumbers(BATCH, CLASSES)];
    return () => {
      optimizer.zeroGrad();
      const logits = model.forward(tf.tensor3d(sequences, [BATCH, TIME, WIDTH]));
      const loss = F.crossEntropy(logits, tf.tensor1d(labels, "int32"));
      backward(loss);
      optimizer.step();
      return loss;
    };
  },
};
