import { nn, tf } from "@lightning-ts/core";
import { normalNumbers, wholeNumbers } from "./batches.js";
import type { Workload } from "./workload.js";

const [BATCH, TIME, WIDTH, CLASSES] = [64, 100, 128, 10];
const OPTIONS = { batchFirst: true };

/** Classifies sequences by the state behind their last step. */
abstract class SequenceClassifier extends nn.Module {
  readonly head = new nn.Linear(WIDTH, CLASSES);

  override forward(x: tf.Tensor): tf.Tensor {
    return this.head.forward(tf.reshape(this.lastState(x), [BATCH, WIDTH]));
  }

  protected abstract lastState(x: tf.Tensor): tf.Tensor;
}

class LSTMClassifier extends SequenceClassifier {
  readonly layer = new nn.LSTM(WIDTH, WIDTH, OPTIONS);

  protected override lastState(x: tf.Tensor): tf.Tensor {
    return this.layer.forward(x)[1][0];
  }
}

class GRUClassifier extends SequenceClassifier {
  readonly layer = new nn.GRU(WIDTH, WIDTH, OPTIONS);

  protected override lastState(x: tf.Tensor): tf.Tensor {
    return this.layer.forward(x)[1];
  }
}

class RNNClassifier extends SequenceClassifier {
  readonly layer = new nn.RNN(WIDTH, WIDTH, OPTIONS);

  protected override lastState(x: tf.Tensor): tf.Tensor {
    return this.layer.forward(x)[1];
  }
}

const MODELS = { lstm: LSTMClassifier, gru: GRUClassifier, rnn: RNNClassifier };
const GATES = { lstm: 4, gru: 3, rnn: 1 };

export function recurrent(name: keyof typeof MODELS): Workload {
  return {
    name,
    description: `${name.toUpperCase()} ${WIDTH}-${WIDTH} over ${TIME} steps and a linear layer, batch ${BATCH}, Adam`,
    task: "train",
    multiplications: BATCH * (TIME * GATES[name] * 2 * WIDTH ** 2 + WIDTH * CLASSES),
    isRandom: false,
    create: () => ({
      model: new MODELS[name](),
      inputs: normalNumbers(BATCH, TIME, WIDTH),
      targets: wholeNumbers(CLASSES, BATCH),
    }),
  };
}
