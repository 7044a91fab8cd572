import { refuseMore } from "../errors/refuse-more.js";
import type { Parameter } from "../autograd/parameter.js";
import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import { ShapeError } from "../errors/shape-error.js";
import { RandomStream } from "../random/random-stream.js";
import { namedNumbers, type NumberOrNamed } from "./init-numbers.js";

/** Values of initialised tensors come from the random stream "init". */
const stream = (): RandomStream => RandomStream.named("init");

/** Uniform in [low, high). */
export function uniform(
  parameter: Parameter,
  low?: NumberOrNamed<"a" | "b">,
  high?: number,
  ...more: readonly never[]
): Parameter {
  refuseMore("init.uniform", more);
  const { a, b } = namedNumbers<"a" | "b">("uniform", [low, high], { a: 0, b: 1 });
  return fill(parameter, stream().fillUniform(new Float32Array(parameter.size), a, b));
}

export function normal(
  parameter: Parameter,
  mean?: NumberOrNamed<"mean" | "std">,
  std?: number,
  ...more: readonly never[]
): Parameter {
  refuseMore("init.normal", more);
  const numbers = namedNumbers<"mean" | "std">("normal", [mean, std], { mean: 0, std: 1 });
  return fill(parameter, stream().fillNormal(new Float32Array(parameter.size), numbers.mean, numbers.std));
}

export function constant(parameter: Parameter, value: NumberOrNamed<"val">, ...more: readonly never[]): Parameter {
  refuseMore("init.constant", more);
  const { val } = namedNumbers<"val">("constant", [value], { val: Number.NaN });
  return fill(parameter, new Float32Array(parameter.size).fill(val));
}

export function zeros(parameter: Parameter): Parameter {
  return constant(parameter, 0);
}

export function ones(parameter: Parameter): Parameter {
  return constant(parameter, 1);
}

/** Uniform in ±gain · sqrt(6 / (fanIn + fanOut)). */
export function xavierUniform(
  parameter: Parameter,
  given?: NumberOrNamed<"gain">,
  ...more: readonly never[]
): Parameter {
  refuseMore("init.xavierUniform", more);
  const { gain } = namedNumbers<"gain">("xavierUniform", [given], { gain: 1 });
  const { fanIn, fanOut } = fans(parameter.shape);
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform(parameter, -bound, bound);
}

/** Normal with deviation gain · sqrt(2 / (fanIn + fanOut)). */
export function xavierNormal(
  parameter: Parameter,
  given?: NumberOrNamed<"gain">,
  ...more: readonly never[]
): Parameter {
  refuseMore("init.xavierNormal", more);
  const { gain } = namedNumbers<"gain">("xavierNormal", [given], { gain: 1 });
  const { fanIn, fanOut } = fans(parameter.shape);
  return normal(parameter, 0, gain * Math.sqrt(2 / (fanIn + fanOut)));
}

export interface KaimingOptions {
  /** Slope of the leaky ReLU after the layer. @default 0 */
  readonly a?: number | undefined;
  /** @default "fanIn" */
  readonly mode?: "fanIn" | "fanOut" | "fan_in" | "fan_out" | undefined;
  /** The function after the layer. @default "leaky_relu" */
  readonly nonlinearity?: Nonlinearity | undefined;
}

const MODES = ["fanIn", "fanOut", "fan_in", "fan_out"];

function checkKaiming(owner: string, options: KaimingOptions): void {
  rejectUnknownOptions(owner, options, ["a", "mode", "nonlinearity"]);
  if (MODES.includes(options.mode ?? "fanIn")) return;
  throw new MisconfigurationError({
    message: `${owner} has no such mode.`,
    expected: `one of ${MODES.join(", ")}`,
    received: describeValue(options.mode),
  });
}

/** Uniform in ±sqrt(6 / ((1 + a²) · fan)). */
export function kaimingUniform(
  parameter: Parameter,
  options: KaimingOptions = {},
  ...more: readonly never[]
): Parameter {
  refuseMore("init.kaimingUniform", more);
  checkKaiming("init.kaimingUniform", options);
  const bound = Math.sqrt(3) * kaimingDeviation(parameter.shape, options);
  return uniform(parameter, -bound, bound);
}

/** Normal with deviation sqrt(2 / ((1 + a²) · fan)). */
export function kaimingNormal(
  parameter: Parameter,
  options: KaimingOptions = {},
  ...more: readonly never[]
): Parameter {
  refuseMore("init.kaimingNormal", more);
  checkKaiming("init.kaimingNormal", options);
  return normal(parameter, 0, kaimingDeviation(parameter.shape, options));
}

function kaimingDeviation(
  shape: readonly number[],
  { a = 0, mode = "fanIn", nonlinearity = "leaky_relu" }: KaimingOptions,
): number {
  const { fanIn, fanOut } = fans(shape);
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === "fanIn" || mode === "fan_in" ? fanIn : fanOut);
}

/** The function behind a layer, by PyTorch's name for it. */
export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv2d"
  | "conv3d"
  | "conv_transpose1d"
  | "conv_transpose2d"
  | "conv_transpose3d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leaky_relu"
  | "selu";

const GAINS: ReadonlyMap<string, number> = new Map([
  ["tanh", 5 / 3],
  ["relu", Math.sqrt(2)],
  ["selu", 3 / 4],
  ...["linear", "conv1d", "conv2d", "conv3d"].map((name) => [name, 1] as const),
  ...["conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid"].map((name) => [name, 1] as const),
]);

/**
 * The factor that keeps the spread of values before a function.
 * @param param the slope of a leaky ReLU. @default 0.01
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01, ...more: readonly never[]): number {
  refuseMore("init.calculateGain", more);
  const gain = nonlinearity === "leaky_relu" ? Math.sqrt(2 / (1 + param * param)) : GAINS.get(nonlinearity);
  if (gain !== undefined) return gain;
  throw new MisconfigurationError({
    message: "calculateGain does not know this function.",
    expected: `"leaky_relu", "${[...GAINS.keys()].join('", "')}"`,
    received: String(nonlinearity),
  });
}

/** Normal, drawn again where it lies outside of [a, b]: by place `mean, std, a, b`, 0, 1, -2 and 2 unless given. */
export function truncNormal(
  parameter: Parameter,
  given?: NumberOrNamed<"mean" | "std" | "a" | "b">,
  ...rest: readonly number[]
): Parameter {
  const defaults = { mean: 0, std: 1, a: -2, b: 2 };
  refuseMore("init.truncNormal", rest.slice(3));
  const { mean, std, a, b } = namedNumbers<keyof typeof defaults>(
    "truncNormal",
    [given, ...rest.slice(0, 3)],
    defaults,
  );
  if (!(a < b && mean + 8 * std > a && mean - 8 * std < b))
    throw new MisconfigurationError({
      message: "truncNormal would draw for ever.",
      expected: "bounds within eight deviations of the mean, the lower one first",
      received: `mean ${mean}, std ${std}, from ${a} to ${b}`,
    });
  const source = stream();
  const draw = (): number => {
    for (;;) {
      const value = source.normal(mean, std);
      if (value >= a && value <= b) return value;
    }
  };
  return fill(parameter, Float32Array.from({ length: parameter.size }, draw));
}

/** Ones on the diagonal of a matrix. */
export function eye(parameter: Parameter): Parameter {
  const [rows, columns] = matrixShape("eye", parameter.shape);
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i += 1) values[i * columns + i] = 1;
  return fill(parameter, values);
}

/** A convolution's weight [out, in / groups, ...kernel] that passes as many channels on as it can. */
export function dirac(parameter: Parameter, given?: NumberOrNamed<"groups">, ...more: readonly never[]): Parameter {
  refuseMore("init.dirac", more);
  const { groups } = namedNumbers<"groups">("dirac", [given], { groups: 1 });
  const [out = 0, input = 0, ...kernel] = parameter.shape;
  if (kernel.length < 1 || kernel.length > 3 || out % groups !== 0)
    throw new ShapeError({
      message: "dirac fills the weights of convolutions.",
      expected: "a weight [out, in, ...kernel] of three to five dimensions, out divisible by groups",
      received: `[${parameter.shape.join(", ")}] with ${groups} groups`,
      shapes: [parameter.shape],
    });
  const field = kernel.reduce((product, length) => product * length, 1);
  const middle = kernel.reduce((at, length) => at * length + Math.floor(length / 2), 0);
  const values = new Float32Array(parameter.size);
  const perGroup = out / groups;
  for (let group = 0; group < groups; group += 1)
    for (let d = 0; d < Math.min(perGroup, input); d += 1)
      values[((group * perGroup + d) * input + d) * field + middle] = 1;
  return fill(parameter, values);
}

/** A matrix of normal values in which each column has a share of zeros. @param share of zeros, 0 … 1 */
export function sparse(
  parameter: Parameter,
  share: NumberOrNamed<"sparsity" | "std">,
  deviation?: number,
  ...more: readonly never[]
): Parameter {
  refuseMore("init.sparse", more);
  const given = [share, deviation] as const;
  const { sparsity, std } = namedNumbers<"sparsity" | "std">("sparse", given, { sparsity: Number.NaN, std: 0.01 });
  const [rows, columns] = matrixShape("sparse", parameter.shape);
  const values = stream().fillNormal(new Float32Array(rows * columns), 0, std);
  const zeroCount = Math.ceil(sparsity * rows);
  for (let column = 0; column < columns; column += 1)
    for (const row of stream().permutation(rows).subarray(0, zeroCount)) values[row * columns + column] = 0;
  return fill(parameter, values);
}

/** A (semi-)orthogonal matrix times `gain`; dimensions after the first count as one (Saxe et al., 2013). */
export function orthogonal(parameter: Parameter, given?: NumberOrNamed<"gain">, ...more: readonly never[]): Parameter {
  refuseMore("init.orthogonal", more);
  const { gain } = namedNumbers<"gain">("orthogonal", [given], { gain: 1 });
  const [rows = 0, ...rest] = parameter.shape;
  if (rest.length === 0)
    throw new ShapeError({
      message: "orthogonal fills tensors of two or more dimensions.",
      expected: "a weight [rows, ...columns]",
      received: `[${parameter.shape.join(", ")}]`,
      shapes: [parameter.shape],
    });
  const columns = rest.reduce((product, length) => product * length, 1);
  const isWide = rows < columns;
  const [count, length] = isWide ? [rows, columns] : [columns, rows];
  const vectors = orthonormal(count, length);
  const values = Float32Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return gain * ((isWide ? vectors[row]?.[column] : vectors[column]?.[row]) ?? 0);
  });
  return fill(parameter, values);
}

/** Random vectors of length 1 that are orthogonal to each other (Gram-Schmidt, twice). */
function orthonormal(count: number, length: number): Float64Array[] {
  const vectors: Float64Array[] = [];
  for (let i = 0; i < count; i += 1) {
    const vector = Float64Array.from(stream().fillNormal(new Float32Array(length)));
    for (const other of [...vectors, ...vectors]) {
      const share = vector.reduce((sum, value, k) => sum + value * (other[k] ?? 0), 0);
      for (let k = 0; k < length; k += 1) vector[k] = (vector[k] ?? 0) - share * (other[k] ?? 0);
    }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    vectors.push(vector.map((value) => value / norm));
  }
  return vectors;
}

function matrixShape(owner: string, shape: readonly number[]): readonly [rows: number, columns: number] {
  const [rows, columns, ...more] = shape;
  if (rows !== undefined && columns !== undefined && more.length === 0) return [rows, columns];
  throw new ShapeError({
    message: `${owner} fills matrices.`,
    expected: "two dimensions",
    received: `[${shape.join(", ")}]`,
    shapes: [shape],
  });
}

/** How many inputs and outputs one unit of a weight [out, in, ...kernel] has. @throws ShapeError */
export function fans(
  shape: readonly number[],
  ...more: readonly never[]
): { readonly fanIn: number; readonly fanOut: number } {
  refuseMore("init.fans", more);
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
