import { MisconfigurationError, tf } from "@lightning-ts/core";

/** @throws MisconfigurationError where a metric's value is no tensor or number */
export function asTensor(owner: string, value: unknown): tf.Tensor {
  if (value instanceof tf.Tensor) return value;
  if (typeof value === "number") return tf.scalar(value);
  throw new MisconfigurationError({
    message: `${owner} cannot work with the value of its metric.`,
    expected: "a metric whose value is one tensor or number",
    received: Array.isArray(value) ? "a list" : typeof value,
  });
}
