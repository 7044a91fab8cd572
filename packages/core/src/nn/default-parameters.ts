import { Parameter } from "../autograd/parameter.js";
import { RandomStream } from "../random/random-stream.js";

/**
 * A parameter drawn uniformly from ±bound, from the random stream "init": PyTorch's default for linear and convolution.
 */
export function uniformParameter(shape: readonly number[], bound: number): Parameter {
  const size = shape.reduce((product, length) => product * length, 1);
  return Parameter.fromData(RandomStream.named("init").fillUniform(new Float32Array(size), -bound, bound), shape);
}

/** A parameter drawn from the normal distribution around 0, from the random stream "init". */
export function normalParameter(shape: readonly number[], std: number): Parameter {
  const size = shape.reduce((product, length) => product * length, 1);
  return Parameter.fromData(RandomStream.named("init").fillNormal(new Float32Array(size), 0, std), shape);
}

export function filledParameter(shape: readonly number[], value: number): Parameter {
  return Parameter.fromData(
    new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(value),
    shape,
  );
}
