import { classNameOf, describeValue, MisconfigurationError, type Metric } from "@lightning-ts/core";
import { Tensor } from "@tensorflow/tfjs-core";

/**
 * The value that a metric's last call gave; undefined where it was not called.
 * @throws MisconfigurationError when it is more than one number
 */
export function stepValueOf(name: string, metric: Metric): Tensor | number | undefined {
  return metric.forwardValue === undefined ? undefined : singleValue(name, metric, metric.forwardValue);
}

/**
 * What a metric computed, for `log`.
 * @throws MisconfigurationError when it is more than one number
 */
export function singleValue(name: string, metric: Metric, value: unknown): Tensor | number {
  if (typeof value === "number" || (value instanceof Tensor && value.size === 1)) return value;
  throw new MisconfigurationError({
    code: "LIT_LOG_VALUE",
    message: `log("${name}") logs single values, and ${classNameOf(metric)}.compute() gave something else.`,
    expected: "a number or a tensor with one element",
    received: value instanceof Tensor ? `a tensor of shape [${value.shape.join(", ")}]` : describeValue(value),
    tryThis:
      "call compute() yourself when the epoch ends, log what you need of it with logDict({ … }), and reset() the metric.",
  });
}
