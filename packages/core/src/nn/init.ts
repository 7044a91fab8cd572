import type { Parameter } from "../autograd/parameter.js";
import { ShapeError } from "../errors/shape-error.js";
import { RandomStream } from "../random/random-stream.js";

/** Values of initialised tensors come from the random stream "init". */
const stream = (): RandomStream => RandomStream.named("init");

/** Uniform in [low, high). */
export function uniform(parameter: Parameter, low = 0, high = 1): Parameter {
  return fill(parameter, stream().fillUniform(new Float32Array(parameter.size), low, high));
}

export function normal(parameter: Parameter, mean = 0, std = 1): Parameter {
  return fill(parameter, stream().fillNormal(new Float32Array(parameter.size), mean, std));
}

export function constant(parameter: Parameter, value: number): Parameter {
  return fill(parameter, new Float32Array(parameter.size).fill(value));
}

export function zeros(parameter: Parameter): Parameter {
  return constant(parameter, 0);
}

export function ones(parameter: Parameter): Parameter {
  return constant(parameter, 1);
}

/** Uniform in ±gain · sqrt(6 / (fanIn + fanOut)). */
export function xavierUniform(parameter: Parameter, gain = 1): Parameter {
  const { fanIn, fanOut } = fans(parameter.shape);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform(parameter, -bound, bound);
}

/** Normal with deviation gain · sqrt(2 / (fanIn + fanOut)). */
export function xavierNormal(parameter: Parameter, gain = 1): Parameter {
  const { fanIn, fanOut } = fans(parameter.shape);
  return normal(parameter, 0, gain * Math.sqrt(2 / (fanIn + fanOut)));
}

export interface KaimingOptions {
  /** Slope of the leaky ReLU after the layer. @default 0 */
  readonly a?: number | undefined;
  /** @default "fanIn" */
  readonly mode?: "fanIn" | "fanOut" | undefined;
}

/** Uniform in ±sqrt(6 / ((1 + a²) · fan)). */
export function kaimingUniform(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  const bound = Math.sqrt(3) * kaimingDeviation(parameter.shape, options);
  return uniform(parameter, -bound, bound);
}

/** Normal with deviation sqrt(2 / ((1 + a²) · fan)). */
export function kaimingNormal(parameter: Parameter, options: KaimingOptions = {}): Parameter {
  return normal(parameter, 0, kaimingDeviation(parameter.shape, options));
}

function kaimingDeviation(shape: readonly number[], { a = 0, mode = "fanIn" }: KaimingOptions): number {
  return Math.sqrt(2 / (1 + a * a)) / Math.sqrt(fans(shape)[mode]);
}

/** How many inputs and outputs one unit of a weight [out, in, ...kernel] has. @throws ShapeError */
export function fans(shape: readonly number[]): { readonly fanIn: number; readonly fanOut: number } {
  const [out, input, ...kernel] = shape;
  if (out === undefined || input === undefined) {
    throw new ShapeError({
      message: "A tensor of fewer than two dimensions has no fan.",
      expected: "a weight [out, in, ...kernel]",
      received: `[${shape.join(", ")}]`,
      shapes: [shape],
    });
  }
  const field = kernel.reduce((product, length) => product * length, 1);
  return { fanIn: input * field, fanOut: out * field };
}

function fill(parameter: Parameter, values: Float32Array): Parameter {
  parameter.setData(values);
  return parameter;
}
