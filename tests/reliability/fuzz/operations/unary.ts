import { unary, type UnaryRule } from "../reference/elementwise.js";
import { FUNCTIONS } from "../reference/functions.js";
import { FLOAT_KINDS, type ValueKind } from "../program/values.js";
import type { Operation } from "./operation.js";

/** Arguments beyond a few thousand leave periodic functions to how the argument is reduced. */
const PERIODIC: readonly ValueKind[] = ["normal", "ones", "whole", "zeros", "positive", "tenths", "tiny", "offset"];

function elementwise(
  name: string,
  code: string,
  rule: UnaryRule,
  options: { readonly kinds?: readonly ValueKind[]; readonly cpuDiffers?: string } = {},
): Operation {
  return (draw) => {
    const x = draw.input({ kinds: options.kinds ?? FLOAT_KINDS, isFresh: options.kinds !== undefined });
    return {
      name,
      code,
      inputs: [x.index],
      shape: x.shape,
      dtype: "float32",
      isElementwise: true,
      cpuDiffers: options.cpuDiffers,
      reference: ([value]) => unary(value!, rule),
    };
  };
}

const CPU_SUMS = "tfjs' cpu backend composes the function from rounded parts";

export const UNARY: readonly Operation[] = [
  ...(
    [
      "neg",
      "square",
      "sqrt",
      "rsqrt",
      "reciprocal",
      "exp",
      "expm1",
      "log",
      "log1p",
      "asin",
      "acos",
      "atan",
      "sinh",
      "cosh",
      "tanh",
      "asinh",
      "acosh",
      "atanh",
      "relu",
      "sign",
      "floor",
      "ceil",
      "round",
    ] as const
  ).map((name) => elementwise(name, `tf.${name}($0)`, FUNCTIONS[name])),
  ...(["sigmoid", "softplus", "logSigmoid", "elu", "selu", "erf"] as const).map((name) =>
    elementwise(name, `tf.${name}($0)`, FUNCTIONS[name], { cpuDiffers: CPU_SUMS }),
  ),
  ...(["sin", "cos", "tan"] as const).map((name) =>
    elementwise(name, `tf.${name}($0)`, FUNCTIONS[name], { kinds: PERIODIC }),
  ),
  elementwise("abs", "tf.abs($0)", FUNCTIONS.abs, { cpuDiffers: "tfjs' gradient of |x| at 0 is -1, PyTorch's 0" }),
  elementwise("relu6", "tf.relu6($0)", FUNCTIONS.relu6, { cpuDiffers: "tfjs' gradient at 0 and 6" }),
  elementwise("F.relu", "F.relu($0)", FUNCTIONS.relu),
  elementwise("F.silu", "F.silu($0)", FUNCTIONS.silu, { cpuDiffers: CPU_SUMS }),
  elementwise("F.gelu", "F.gelu($0)", FUNCTIONS.gelu, { cpuDiffers: CPU_SUMS }),
  elementwise("F.gelu tanh", 'F.gelu($0, { approximate: "tanh" })', FUNCTIONS.geluTanh, { cpuDiffers: CPU_SUMS }),
  elementwise("leakyRelu", "tf.leakyRelu($0, 0.25)", {
    f: (x) => (x > 0 ? x : 0.25 * x),
    slope: (x) => (x > 0 ? 1 : 0.25),
    jumps: (x, error) => Math.abs(x) <= error,
  }),
  elementwise("clipByValue", "tf.clipByValue($0, -0.5, 1)", {
    f: (x) => Math.min(1, Math.max(-0.5, x)),
    slope: (x) => (x > -0.5 && x < 1 ? 1 : 0),
    ulps: 0,
    slopeUlps: 0,
    jumps: (x, error) => Math.abs(x + 0.5) <= error || Math.abs(x - 1) <= error,
  }),
];
