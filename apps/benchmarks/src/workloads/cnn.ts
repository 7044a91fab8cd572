import { F, nn, tf } from "@lightning-ts/core";
import { normalNumbers, wholeNumbers } from "./batches.js";
import type { Workload } from "./workload.js";

const BATCH = 64;

/** The network of PyTorch's MNIST example. */
export class MnistNet extends nn.Module {
  readonly conv1 = new nn.Conv2d(1, 32, 3);
  readonly conv2 = new nn.Conv2d(32, 64, 3);
  readonly dropout1: nn.Dropout;
  readonly dropout2: nn.Dropout;
  readonly fc1 = new nn.Linear(9216, 128);
  readonly fc2 = new nn.Linear(128, 10);

  constructor({ drops }: { readonly drops: boolean }) {
    super();
    this.dropout1 = new nn.Dropout(drops ? 0.25 : 0);
    this.dropout2 = new nn.Dropout(drops ? 0.5 : 0);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const features = F.maxPool2d(F.relu(this.conv2.forward(F.relu(this.conv1.forward(x)))), 2); // [B, 64, 12, 12]
    const flat = tf.reshape(this.dropout1.forward(features), [features.shape[0] ?? 0, 9216]);
    return this.fc2.forward(this.dropout2.forward(F.relu(this.fc1.forward(flat))));
  }
}

export const cnn: Workload = {
  name: "cnn",
  description: "CNN of PyTorch's MNIST example (with its dropout), batch 64, Adam",
  task: "train",
  multiplications: BATCH * (26 ** 2 * 32 * 9 + 24 ** 2 * 64 * 32 * 9 + 9216 * 128 + 128 * 10),
  isRandom: true,
  create: () => ({
    model: new MnistNet({ drops: true }),
    inputs: normalNumbers(BATCH, 1, 28, 28),
    targets: wholeNumbers(10, BATCH),
  }),
};
