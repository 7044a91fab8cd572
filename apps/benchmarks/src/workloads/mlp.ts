import { nn } from "@lightning-ts/core";
import { normalNumbers, wholeNumbers } from "./batches.js";
import type { Workload } from "./workload.js";

const BATCH = 64;

export const mlp: Workload = {
  name: "mlp",
  description: "MLP 784-256-128-10, batch 64, Adam",
  task: "train",
  multiplications: BATCH * (784 * 256 + 256 * 128 + 128 * 10),
  isRandom: false,
  create: () => ({
    model: perceptron(784, 256, 128, 10),
    inputs: normalNumbers(BATCH, 784),
    targets: wholeNumbers(10, BATCH),
  }),
};

/** Linear layers of these widths with ReLU in between. */
export function perceptron(...widths: readonly number[]): nn.Sequential {
  const layers = widths.slice(1).map((width, index) => new nn.Linear(widths[index] ?? 0, width));
  return new nn.Sequential(...layers.flatMap((layer, index) => (index === 0 ? [layer] : [new nn.ReLU(), layer])));
}
