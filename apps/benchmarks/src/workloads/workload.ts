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
  /** Whether a step trains (forward, backward, Adam), or runs the model and reads what it gives. */
  readonly task: "train" | "predict";
  /** Whether a step draws numbers (dropout), so that no two peers have the same loss. */
  readonly isRandom: boolean;
  /**
   * Multiplications of one forward pass in linear layers, convolutions, attention and recurrent layers; those with
   * padding left out. Training takes three times as many.
   */
  readonly multiplications: number;
  /** Makes the model and a batch, on the host. */
  readonly create: () => Training;
}

export const WORKLOAD_NAMES = [
  "mlp",
  "cnn",
  "nanogpt",
  "gpt6",
  "lstm",
  "gru",
  "rnn",
  "resnet18",
  "mobilenet",
  "convnext",
  "mlp-predict",
  "cnn-predict",
  "resnet18-predict",
] as const;
export type WorkloadName = (typeof WORKLOAD_NAMES)[number];
