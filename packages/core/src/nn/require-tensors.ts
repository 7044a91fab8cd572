import { describeValue } from "../errors/describe-value.js";
import { ShapeError } from "../errors/shape-error.js";
import { tf } from "../tensor/tf.js";

/**
 * Throws for an argument that is no tensor, which callers without types can pass: half a batch, an array, a number.
 * @param needed by their names
 * @param optional those that may be undefined
 * @throws ShapeError
 */
export function requireTensors(
  owner: string,
  needed: Readonly<Record<string, unknown>>,
  optional: Readonly<Record<string, unknown>> = {},
): void {
  for (const [name, value] of Object.entries(needed))
    if (!(value instanceof tf.Tensor)) throw noTensor(`${owner}: ${name}`, value);
  for (const [name, value] of Object.entries(optional))
    if (value !== undefined && !(value instanceof tf.Tensor)) throw noTensor(`${owner}: ${name}`, value);
}

/** @param what whose value it is, such as `the input` */
export function noTensor(what: string, value: unknown): ShapeError {
  const isList = Array.isArray(value);
  return new ShapeError({
    message: isList ? `${what} is an array of ${value.length}, not one tensor.` : `${what} is no tensor.`,
    expected: "a tensor",
    received: describeValue(value),
    tryThis: isList
      ? "a batch of [inputs, targets] is taken apart first: const [x, y] = batch. Several loaders give one batch each."
      : "tf.tensor(values) makes one; batches of a set-up loader hold tensors.",
    shapes: [],
  });
}
