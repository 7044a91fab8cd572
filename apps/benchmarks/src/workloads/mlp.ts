import { nn } from "@lightning-ts/core";
import { normalNumbers, wholeNumbers } from "./batches.js";
import type { Workload } from "./workload.js";

const BATCH = 64;

export const mlp: Workload = {
  name: "mlp",
  description: "MLP 784-256-128-10, batch 64, Adam",
  isRandom: false,
  create: () => ({
    model: new nn.Sequential(
      new nn.Linear(784, 256),
      new nn.ReLU(),
      new nn.Linear(256, 128),
      new nn.ReLU(),
      new nn.Linear(128, 10),
    ),
    inputs: normalNumbers(BATCH, 784),
    targets: wholeNumbers(10, BATCH),
  }),
};
