import { refuseMore } from "../../errors/refuse-more.js";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { ShapeError } from "../../errors/shape-error.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";

/** All elements of all parameters, one after the other: [n]. Gradients flow through it. */
export function parametersToVector(parameters: Iterable<Variable>): Tensor {
  const parts = Array.from(parameters, (parameter) => tf.reshape(parameter, [parameter.size]));
  return parts.length === 0 ? tf.tensor1d([]) : tf.concat(parts);
}

/**
 * Gives parameters the elements of a vector, in their order.
 * @param vector as many elements as all parameters have
 * @throws ShapeError for another number
 */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Variable>, ...more: readonly never[]): void {
  refuseMore("vectorToParameters", more);
  const list = [...parameters];
  const size = list.reduce((sum, parameter) => sum + parameter.size, 0);
  if (vector.rank !== 1 || vector.size !== size)
    throw new ShapeError({
      message: "The vector does not fill the parameters.",
      expected: `[${size}]`,
      received: `[${vector.shape.join(", ")}]`,
      shapes: [[size], vector.shape],
    });
  noGrad(() => {
    let begin = 0;
    for (const parameter of list) {
      const value = tf.tidy(() => tf.reshape(tf.slice(vector, [begin], [parameter.size]), parameter.shape));
      begin += parameter.size;
      parameter.assign(value);
      value.dispose();
    }
  });
}
