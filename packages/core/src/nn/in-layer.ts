import { classNameOf } from "../errors/class-name.js";
import { describeValue } from "../errors/describe-value.js";
import { ShapeError } from "../errors/shape-error.js";
import { tf } from "../tensor/tf.js";
import { pathOf } from "./module-path.js";

/**
 * Computes what a layer makes of its input. An input that is no tensor is refused, and an error about shapes says which
 * layer of the model it comes from.
 * @throws ShapeError
 */
export function inLayer<TResult>(layer: object, input: tf.Tensor, compute: () => TResult): TResult {
  try {
    if (!(input instanceof tf.Tensor)) throw noTensor(input);
    return compute();
  } catch (error) {
    throw error instanceof ShapeError && error.layer === undefined ? error.in(describeLayer(layer)) : error;
  }
}

/** `encoder.0 (Linear)`, or `Linear` where the path is empty or nobody knows it. */
function describeLayer(layer: object): string {
  const path = pathOf(layer);
  return path === "" ? classNameOf(layer) : `${path} (${classNameOf(layer)})`;
}

function noTensor(input: unknown): ShapeError {
  const isList = Array.isArray(input);
  return new ShapeError({
    message: isList ? `the input is an array of ${input.length}, not one tensor.` : "the input is no tensor.",
    expected: "a tensor",
    received: describeValue(input),
    tryThis: isList
      ? "a batch of [inputs, targets] is taken apart first: const [x, y] = batch. Several loaders give one batch each."
      : "tf.tensor(values) makes one; batches of a set-up loader hold tensors.",
    shapes: [],
  });
}
