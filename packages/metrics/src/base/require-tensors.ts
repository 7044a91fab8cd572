import { classNameOf, MisconfigurationError, tf } from "@lightning-ts/core";

/** @throws MisconfigurationError where inputs of a metric are no tensors, such as lists of numbers or rows of a file */
export function requireTensors(metric: string, ...inputs: readonly unknown[]): void {
  if (inputs.every((input) => input instanceof tf.Tensor)) return;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `${metric} works with tensors.`,
    expected: inputs.length === 1 ? "a tensor" : `${inputs.length} tensors`,
    received: inputs.map(kindOf).join(", "),
    tryThis: 'tf.tensor1d(scores) for predictions, tf.tensor1d(classes, "int32") for classes.',
  });
}

function kindOf(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  if (input instanceof tf.Tensor) return `a tensor of shape [${input.shape.join(", ")}]`;
  return typeof input === "object" && input !== null ? `an object of ${classNameOf(input)}` : String(input);
}
