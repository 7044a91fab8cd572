import { Parameter } from "../autograd/parameter.js";
import { RandomStream } from "../random/random-stream.js";

/**
 * A parameter drawn uniformly from ±bound, from the random stream "init": PyTorch's default for linear and convolution.
 */
export function uniformParameter(shape: readonly number[], bound: number): Parameter {
  const size = shape.reduce((product, length) => product * length, 1);
  return Parameter.fromData(RandomStream.named("init").fillUniform(new Float32Array(size), -bound, bound), shape);
}

export function filledParameter(shape: readonly number[], value: number): Parameter {
  return Parameter.fromData(
    new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(value),
    shape,
  );
}
