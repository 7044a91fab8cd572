import type { HostTensor, nn, tf } from "@lightning-ts/core";

/** A model that gives logits, and the batch that it trains on: class numbers are its targets. */
export interface Training {
  readonly model: nn.Module & { forward(x: tf.Tensor): tf.Tensor };
  readonly inputs: HostTensor;
  readonly targets: HostTensor;
}

export interface Workload {
  readonly name: WorkloadName;
  readonly description: string;
  /** Whether a step draws numbers (dropout), so that no two peers have the same loss. */
  readonly isRandom: boolean;
  /** Makes the model and a batch, on the host. */
  readonly create: () => Training;
}

export const WORKLOAD_NAMES = ["mlp", "cnn", "nanogpt", "lstm", "gru", "rnn", "resnet18"] as const;
export type WorkloadName = (typeof WORKLOAD_NAMES)[number];
