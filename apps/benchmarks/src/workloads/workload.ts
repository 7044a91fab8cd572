import type { tf } from "@lightning-ts/core";

/**
 * One training step: forward, backward and optimizer update. Returns the loss, which nobody reads while time is taken.
 */
export type TrainingStep = () => tf.Tensor;

export interface Workload {
  readonly name: WorkloadName;
  readonly description: string;
  /** Makes model, optimizer and a batch on the current backend. */
  readonly create: () => TrainingStep;
}

export const WORKLOAD_NAMES = ["mlp", "cnn", "nanogpt", "lstm"] as const;
export type WorkloadName = (typeof WORKLOAD_NAMES)[number];

/**
 * So low that a model does not learn its one batch by heart: vanishing gradients become denormal numbers, which are
 * slow everywhere.
 */
export const LEARNING_RATE = 1e-6;
