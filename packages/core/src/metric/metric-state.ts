import type { Tensor } from "@tensorflow/tfjs-core";
import type { HostValue } from "../nn/state-dict.js";

/**
 * How a state of several ranks, or of a batch and all before it, becomes one. "cat" is for lists: their tensors are
 * joined along the first dimension.
 */
export type MetricReduction = "sum" | "mean" | "min" | "max" | "cat" | MetricMerge;

/**
 * For states that no word describes, such as means with their variances: makes one state of several, which it is given
 * stacked along a new first dimension. The order of the states must not matter. A state that was never updated may be
 * among them.
 */
export type MetricMerge = (states: Tensor) => Tensor;

/** What a metric has collected, by the names of its states. The tensors are the metric's own: do not dispose them. */
export interface MetricState {
  readonly version: 1;
  /** How often it was updated since it was reset. */
  readonly updateCount: number;
  readonly values: Readonly<Record<string, Tensor>>;
}

/** What `restore` accepts: a state as it was given, or as it was read from a file. */
export interface MetricStateInput {
  readonly version: number;
  readonly updateCount: number;
  readonly values: Readonly<Record<string, Tensor | HostValue>>;
}
