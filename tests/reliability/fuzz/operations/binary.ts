import { Bounded } from "../reference/bounded.js";
import { add, broadcastBinary, broadcastTo, div, mul, sub } from "../reference/arithmetic.js";
import { binary, type BinaryRule } from "../reference/elementwise.js";
import { broadcastShape } from "../reference/shapes.js";
import { FLOAT_KINDS, type ValueKind } from "../program/values.js";
import type { Draw, Operand } from "../program/draw.js";
import type { Operation } from "./operation.js";

/** A second operand that broadcasts with the first: the same shape, a suffix of it, or some axes of length 1. */
export function companion(draw: Draw, x: Operand, kinds: readonly ValueKind[] = FLOAT_KINDS): Operand {
  const style = draw.tape.below(4);
  if (style < 2) return draw.input({ shape: x.shape, kinds });
  const suffix = x.shape.slice(draw.tape.below(x.shape.length + 1));
  const shape = style === 2 ? suffix : suffix.map((length) => (draw.tape.below(2) === 0 ? length : 1));
  return draw.input({ shape, kinds });
}

function arithmetic(
  name: string,
  code: string,
  apply: (a: Bounded, b: Bounded) => Bounded,
  options: { readonly kinds?: readonly ValueKind[]; readonly cpuDiffers?: string } = {},
): Operation {
  return (draw) => {
    const a = draw.input();
    const b = companion(draw, a, options.kinds ?? FLOAT_KINDS);
    const isSwapped = draw.tape.below(2) === 1;
    const [left, right] = isSwapped ? [b, a] : [a, b];
    return {
      name,
      code,
      inputs: [left.index, right.index],
      shape: broadcastShape(a.shape, b.shape),
      dtype: "float32",
      isElementwise: true,
      cpuDiffers: options.cpuDiffers,
      reference: ([x, y]) => apply(x!, y!),
    };
  };
}

/** The larger or smaller one; equal operands share the gradient, and beside a NaN both get all of it, as in PyTorch. */
const choice = (sign: 1 | -1): BinaryRule => ({
  f: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : sign * a > sign * b ? a : b),
  carried: (_a, _b, ea, eb) => Math.max(ea, eb),
  ulps: 0,
  slopes: (a, b) =>
    Number.isNaN(a) || Number.isNaN(b) ? [1, 1] : a === b ? [0.5, 0.5] : sign * a > sign * b ? [1, 0] : [0, 1],
  slopeUlps: 0,
});

const squaredDifference: BinaryRule = {
  f: (a, b) => (a - b) ** 2,
  ulps: 2,
  carried: (a, b, ea, eb) => 2 * Math.abs(a - b) * (ea + eb) + (ea + eb) ** 2,
  slopes: (a, b) => [2 * (a - b), 2 * (b - a)],
};

/** Chooses by a condition; the gradient goes where the value came from. */
const where: Operation = (draw) => {
  const a = draw.input();
  const b = draw.input({ shape: a.shape });
  const condition = draw.input({ dtype: "bool", shape: a.shape });
  return {
    name: "where",
    code: "tf.where($0, $1, $2)",
    inputs: [condition.index, a.index, b.index],
    shape: a.shape,
    dtype: "float32",
    isElementwise: true,
    reference: ([c, x, y]) => selected(c!, x!, y!),
  };
};

function selected(condition: Bounded, a: Bounded, b: Bounded): Bounded {
  const pick = (x: Float64Array | undefined, y: Float64Array | undefined): Float64Array =>
    Float64Array.from(condition.values, (c, i) => (c !== 0 ? (x?.[i] ?? 0) : (y?.[i] ?? 0)));
  return new Bounded(
    a.shape,
    pick(a.values, b.values),
    pick(a.errors, b.errors),
    [condition, a, b],
    ({ values, errors }) => [
      undefined,
      { values: pick(values, undefined), errors: pick(errors, undefined) },
      { values: pick(undefined, values), errors: pick(undefined, errors) },
    ],
  );
}

const comparison =
  (name: string, f: (a: number, b: number) => boolean): Operation =>
  (draw) => {
    const a = draw.input();
    const b = companion(draw, a);
    return {
      name,
      code: `tf.${name}($0, $1)`,
      inputs: [a.index, b.index],
      shape: broadcastShape(a.shape, b.shape),
      dtype: "bool",
      isElementwise: true,
      reference: ([x, y]) => {
        const shape = broadcastShape(x!.shape, y!.shape);
        return binary(broadcastTo(x!, shape), broadcastTo(y!, shape), {
          f: (p, q) => Number(f(p, q)),
          ulps: 0,
          carried: () => Number.POSITIVE_INFINITY,
          slopes: undefined,
        });
      },
    };
  };

const TIES = "equal operands share the gradient as in PyTorch; tfjs gives it to both or to one";

export const BINARY: readonly Operation[] = [
  arithmetic("add", "tf.add($0, $1)", add),
  arithmetic("sub", "tf.sub($0, $1)", sub),
  arithmetic("mul", "tf.mul($0, $1)", mul),
  arithmetic("div", "tf.div($0, $1)", div),
  arithmetic("maximum", "tf.maximum($0, $1)", (a, b) => broadcastBinary(a, b, choice(1)), { cpuDiffers: TIES }),
  arithmetic("minimum", "tf.minimum($0, $1)", (a, b) => broadcastBinary(a, b, choice(-1)), { cpuDiffers: TIES }),
  arithmetic("squaredDifference", "tf.squaredDifference($0, $1)", (a, b) => broadcastBinary(a, b, squaredDifference)),
  where,
  comparison("less", (a, b) => a < b),
  comparison("lessEqual", (a, b) => a <= b),
  comparison("greater", (a, b) => a > b),
  comparison("equal", (a, b) => a === b),
  comparison("notEqual", (a, b) => a !== b),
];
