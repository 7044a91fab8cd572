import { MisconfigurationError, tf } from "@lightning-ts/core";

/** Values of several metrics as one tensor with a first dimension for them. @throws where one is no tensor or number */
export function stackedValues(owner: string, values: readonly unknown[]): tf.Tensor {
  return tf.stack(values.map((value) => asTensor(owner, value)));
}

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
