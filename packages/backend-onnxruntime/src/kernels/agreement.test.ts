import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, it } from "vitest";
import {
  expectAgreement,
  expectNoFallback,
  type KernelInputs,
  random,
  startAgreement,
} from "../testing/expect-agreement.js";

beforeAll(startAgreement);

const SPECIALS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1e-8,
  -1e-8,
  3.7,
  -3.7,
  2.5,
  88,
  -88,
  1e20,
  -1e20,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];
const INTS = [0, 1, -1, 2, -2, 7, -7, 100, -100, 2147483647, -2147483648];

/** Every pair of the values, as two vectors. */
function pairs(values: number[], dtype: "float32" | "int32"): KernelInputs {
  const a = values.flatMap((value) => values.map(() => value));
  const b = values.flatMap(() => values);
  return { a: tf.tensor1d(a, dtype), b: tf.tensor1d(b, dtype) };
}

describe("elementwise kernels agree with tfjs' cpu backend on ordinary and special values", () => {
  const unary = [
    "Abs",
    "Acos",
    "Acosh",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "Ceil",
    "Cos",
    "Cosh",
    "Elu",
    "Erf",
    "Exp",
    "Expm1",
    "Floor",
    "IsFinite",
    "IsInf",
    "IsNan",
    "Log",
    "Log1p",
    "Neg",
    "Reciprocal",
    "Relu",
    "Relu6",
    "Round",
    "Rsqrt",
    "Selu",
    "Sigmoid",
    "Sign",
    "Sin",
    "Sinh",
    "Softplus",
    "Sqrt",
    "Square",
    "Tan",
    "Tanh",
    "ZerosLike",
    "OnesLike",
  ];
  it.each(unary)("%s", (name) => {
    // The periodic functions of huge numbers depend on how the argument is reduced.
    const values = ["Sin", "Cos", "Tan"].includes(name)
      ? SPECIALS.filter((value) => !(Math.abs(value) >= 1e20 && Number.isFinite(value)))
      : SPECIALS;
    expectAgreement(name, { x: tf.tensor1d(values) });
  });

  it.each(["Abs", "Neg", "Relu", "Relu6", "Square", "Sign"])("%s of integers", (name) => {
    expectAgreement(name, {
      x: tf.tensor1d(
        INTS.filter((value) => Math.abs(value) < 1000),
        "int32",
      ),
    });
  });

  it("Erf, Tanh, Sigmoid, Expm1 and Log1p between -3 and 3", () => {
    for (const name of ["Erf", "Tanh", "Sigmoid", "Expm1"]) expectAgreement(name, { x: tf.linspace(-3, 3, 1001) });
    expectAgreement("Log1p", { x: tf.linspace(-0.9, 3, 1001) });
    expectAgreement("Expm1", { x: tf.linspace(-1e-5, 1e-5, 101) }, {}, 1e-12);
    expectAgreement("Log1p", { x: tf.linspace(-1e-5, 1e-5, 101) }, {}, 1e-12);
  });

  it.each([
    "Add",
    "Sub",
    "Multiply",
    "RealDiv",
    "Maximum",
    "Minimum",
    "Atan2",
    "SquaredDifference",
    "Equal",
    "NotEqual",
    "Less",
    "LessEqual",
    "Greater",
    "GreaterEqual",
  ])("%s of pairs", (name) => {
    expectAgreement(name, pairs(SPECIALS, "float32"));
  });

  it.each(["Add", "Sub", "Maximum", "Minimum", "Mod", "FloorDiv", "Equal", "Less", "GreaterEqual", "BitwiseAnd"])(
    "%s of pairs of integers, zero and the smallest included",
    (name) => {
      expectAgreement(name, pairs(INTS, "int32"));
    },
  );

  it("Mod, apart from divisors so large that tfjs' own sum with them rounds", () => {
    expectAgreement(
      "Mod",
      pairs(
        SPECIALS.filter((value) => Math.abs(value) !== 1e20),
        "float32",
      ),
    );
  });

  it("Pow with C's rules where JavaScript differs from IEEE 754", () => {
    const values = [0.5, 2, 3.5, -2, 0, Number.POSITIVE_INFINITY];
    expectAgreement("Pow", pairs(values, "float32"));
    expectAgreement("Pow", { a: tf.tensor1d([2, -3, 5], "int32"), b: tf.tensor1d([10, 3, 0], "int32") });
  });

  it("FloorDiv of float32", () => {
    expectAgreement("FloorDiv", pairs([0, 1, -1, 2.5, -2.5, 7, Number.NaN, Number.POSITIVE_INFINITY], "float32"));
    // Quotients that are a little less than a whole number before they are rounded.
    expectAgreement("FloorDiv", pairs([2, -2, 0.1, -0.1, 0.3, 0.7, 1e4, 4.9e3], "float32"));
    expectAgreement("FloorDiv", { a: tf.tensor2d([2, 4, 6, 8], [2, 2]), b: tf.tensor1d([0.1, -0.2]) });
  });

  it("logical kernels", () => {
    const inputs = { a: tf.tensor1d([0, 0, 1, 1], "bool"), b: tf.tensor1d([0, 1, 0, 1], "bool") };
    for (const name of ["LogicalAnd", "LogicalOr", "LogicalXor", "Equal", "NotEqual", "Greater", "LessEqual"].filter(
      (name) => name !== "LogicalXor",
    ))
      expectAgreement(name, inputs);
    expectAgreement("LogicalNot", { x: inputs.a });
  });

  it("kernels with numbers: ClipByValue, LeakyRelu, Step, Prelu, EluGrad", () => {
    const x = tf.tensor1d(SPECIALS);
    expectAgreement("ClipByValue", { x }, { clipValueMin: -1, clipValueMax: 0.75 });
    expectAgreement("LeakyRelu", { x }, { alpha: 0.3 });
    expectAgreement("Step", { x }, { alpha: 0.25 });
    expectAgreement("Prelu", { x, alpha: tf.tensor1d(SPECIALS.map(() => 0.1)) });
    expectAgreement("EluGrad", { dy: random([18]), y: tf.tensor1d(SPECIALS) });
  });

  it("casts, of what an integer cannot hold too", () => {
    const x = tf.tensor1d([
      0,
      0.9,
      -0.9,
      2.5,
      -2.5,
      1e9,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    for (const dtype of ["int32", "bool"]) expectAgreement("Cast", { x }, { dtype });
    for (const dtype of ["float32", "bool"]) expectAgreement("Cast", { x: tf.tensor1d(INTS, "int32") }, { dtype });
    for (const dtype of ["float32", "int32"]) expectAgreement("Cast", { x: tf.tensor1d([1, 0, 1], "bool") }, { dtype });
  });
});

describe("reductions agree with tfjs' cpu backend", () => {
  it.each(["Sum", "Mean", "Prod", "Min"])("%s over any axes", (name) => {
    const x = random([2, 3, 4]);
    for (const axis of [[0], [1], [-1], [0, 2], [0, 1, 2]])
      for (const keepDims of [false, true]) expectAgreement(name, { x }, { axis, keepDims });
    expectAgreement(name, { x: tf.scalar(3) }, { axis: [], keepDims: false });
    expectAgreement(name, { x: tf.tensor2d([1, 2, 3, 4], [2, 2], "int32") }, { axis: [1], keepDims: false });
  });

  it("an infinity or a NaN wins where it must", () => {
    const x = tf.tensor2d([1, Number.NaN, 2, Number.NEGATIVE_INFINITY, 5, 6, 3, 2, 1], [3, 3]);
    for (const name of ["Sum", "Min"])
      for (const axis of [[0], [1]]) expectAgreement(name, { x }, { axis, keepDims: false });
    for (const reductionIndices of [[0], [1]]) expectAgreement("Max", { x }, { reductionIndices, keepDims: true });
  });

  it("All, Any, ArgMax, ArgMin, Cumsum, Cumprod, TopK, Softmax", () => {
    const flags = tf.tensor2d([1, 0, 1, 1, 1, 1], [2, 3], "bool");
    for (const name of ["All", "Any"])
      for (const axis of [[0], [1], [0, 1]]) expectAgreement(name, { x: flags }, { axis, keepDims: false });
    const x = random([3, 5]);
    for (const name of ["ArgMax", "ArgMin"]) for (const axis of [0, 1]) expectAgreement(name, { x }, { axis });
    for (const name of ["Cumsum", "Cumprod"])
      for (const exclusive of [false, true])
        for (const reverse of [false, true]) expectAgreement(name, { x }, { axis: 1, exclusive, reverse });
    expectAgreement("TopK", { x }, { k: 3, sorted: true });
    expectAgreement("Softmax", { logits: x }, { dim: 1 });
  });

  it("of nothing", () => {
    for (const name of ["Sum", "Prod", "Mean"])
      expectAgreement(name, { x: tf.zeros([0, 3]) }, { axis: [0], keepDims: false });
  });
});

it("none of these kernels fell back", expectNoFallback);
