import { formatShape, ShapeError } from "../../errors/shape-error.js";
import type { tf } from "../../tensor/tf.js";

/**
 * Layers compute with floating-point numbers, as PyTorch's do: integers are an index or a class that was passed in the
 * wrong place, or pixels that nobody has scaled yet.
 * @throws ShapeError naming the operation, its input and the dtype that came
 */
export function checkFloats(operation: string, inputs: Readonly<Record<string, tf.Tensor | undefined>>): void {
  for (const name in inputs) {
    const tensor = inputs[name];
    if (tensor === undefined || tensor.dtype === "float32") continue;
    throw new ShapeError({
      message: `${operation}: the ${name} holds no floating-point numbers.`,
      expected: `${name} of dtype float32`,
      received: `${tensor.dtype} ${formatShape(tensor.shape)}`,
      shapes: [tensor.shape],
      tryThis: `tf.cast(${name}, "float32"), or a Float32Array in the dataset.`,
    });
  }
}
