import type { Training } from "../workloads/workload.js";
import { normalNumbers, wholeNumbers } from "../workloads/batches.js";
import { MnistNet } from "../workloads/cnn.js";
import { perceptron } from "../workloads/mlp.js";

/** A whole run of `trainer.fit` over a data set, in the order of its rows. */
export interface FitTask {
  readonly description: string;
  readonly batchSize: number;
  readonly epochs: number;
  readonly model: () => Training["model"];
  /** Inputs and the numbers of their classes, on the host. */
  readonly data: () => Pick<Training, "inputs" | "targets">;
}

export const FIT_TASK_NAMES = ["mlp", "cnn", "tabular"] as const;
export type FitTaskName = (typeof FIT_TASK_NAMES)[number];

export const FIT_TASKS: Readonly<Record<FitTaskName, FitTask>> = {
  mlp: {
    description: "MLP 784-256-128-10 on 25 600 rows, batches of 64, 10 epochs",
    batchSize: 64,
    epochs: 10,
    model: () => perceptron(784, 256, 128, 10),
    data: () => ({ inputs: normalNumbers(25_600, 784), targets: wholeNumbers(10, 25_600) }),
  },
  cnn: {
    description: "CNN of PyTorch's MNIST example, without its dropout, on 6 400 images, batches of 64",
    batchSize: 64,
    epochs: 1,
    model: () => new MnistNet({ drops: false }),
    data: () => ({ inputs: normalNumbers(6400, 1, 28, 28), targets: wholeNumbers(10, 6400) }),
  },
  tabular: {
    description: "MLP 16-128-64-2 on a million rows, batches of 4 096",
    batchSize: 4096,
    epochs: 1,
    model: () => perceptron(16, 128, 64, 2),
    data: () => ({ inputs: normalNumbers(1_000_000, 16), targets: wholeNumbers(2, 1_000_000) }),
  },
};

/** Steps whose losses are read and compared. */
export const COMPARED_STEPS = 5;
/** Steps before the rate is measured. */
export const WARM_UP_STEPS = 10;

/** What a process that ran `fit` prints, as a line of JSON. */
export interface FitAnswer {
  readonly description: string;
  /** When the second step had ended, in milliseconds since 1970. */
  readonly secondStepAt: number;
  readonly samplesPerSecond: number;
  /** The rate of the first epoch alone. */
  readonly firstEpochSamplesPerSecond: number;
  /** The most memory that was resident until the second step ended, and at all. */
  readonly secondStepKiB: number;
  readonly peakKiB: number;
  readonly losses: readonly number[];
}
