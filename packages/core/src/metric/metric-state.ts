import type { Tensor } from "@tensorflow/tfjs-core";
import type { HostValue } from "../nn/state-dict.js";

/**
 * How a state of several ranks, or of a batch and all before it, becomes one. "cat" is for lists: their tensors are
 * joined along the first dimension.
 */
export type MetricReduction = "sum" | "mean" | "min" | "max" | "cat";

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
