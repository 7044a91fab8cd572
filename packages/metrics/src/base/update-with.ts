import type { Metric } from "@lightning-ts/core";

/** Updates a metric of any kind with inputs that were meant for it. @returns a promise where its `update` does */
export function updateWith(metric: Metric, inputs: readonly unknown[]): unknown {
  return Reflect.apply(metric.update, metric, inputs);
}
