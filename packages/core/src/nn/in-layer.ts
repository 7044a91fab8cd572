import { classNameOf } from "../errors/class-name.js";
import { formatShape, ShapeError } from "../errors/shape-error.js";
import { tf } from "../tensor/tf.js";
import { pathOf } from "./module-path.js";
import { noTensor } from "./require-tensors.js";

/**
 * Computes what a layer makes of its input. An input that is no tensor is refused, and an error about shapes says which
 * layer of the model it comes from.
 * @throws ShapeError
 */
export function inLayer<TResult>(layer: object, input: tf.Tensor, compute: () => TResult): TResult {
  try {
    if (!(input instanceof tf.Tensor)) throw noTensor("the input", input);
    return compute();
  } catch (error) {
    const told = isOfTfjs(error) ? inputsThatDoNotFit(error, input) : error;
    throw told instanceof ShapeError && told.layer === undefined ? told.in(describeLayer(layer)) : told;
  }
}

/** Errors of tfjs' operations, which are of no class of their own. */
function isOfTfjs(error: unknown): error is Error {
  return error instanceof Error && error.constructor === Error;
}

/** What an operation of tfjs says, with the input's shape. */
function inputsThatDoNotFit(error: Error, input: tf.Tensor): ShapeError {
  const shape = input instanceof tf.Tensor ? input.shape : [];
  return new ShapeError({
    message: `the inputs do not fit: ${error.message.replace(/\.$/, "")}.`,
    expected: "inputs, weights and masks that fit each other",
    received: `an input of shape ${formatShape(shape)}`,
    shapes: [shape],
    cause: error,
  });
}

/** `encoder.0 (Linear)`, or `Linear` where the path is empty or nobody knows it. */
function describeLayer(layer: object): string {
  const path = pathOf(layer);
  return path === "" ? classNameOf(layer) : `${path} (${classNameOf(layer)})`;
}
