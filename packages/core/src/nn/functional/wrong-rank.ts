import { formatShape, ShapeError } from "../../errors/shape-error.js";
import type { tf } from "../../tensor/tf.js";

/** The error for an input that is no batch of so many dimensions of space, nor a single example. */
export function wrongRank(operation: string, x: tf.Tensor, dimensions: number): ShapeError {
  return new ShapeError({
    message: `${operation}: the input has the wrong number of dimensions.`,
    expected: `[batch, channels${", length".repeat(dimensions)}], or without the batch`,
    received: formatShape(x.shape),
    shapes: [x.shape],
  });
}
