import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";

beforeAll(async () => {
  await startBackend({ threads: 2 });
});

const { Infinity: INFINITE, NaN: NOT_A_NUMBER } = globalThis;

/** Every function of one number, with its value in float64 and the range that is tried. */
const FUNCTIONS: Record<
  string,
  readonly [apply: (x: tf.Tensor) => tf.Tensor, exact: ((x: number) => number) | undefined, low: number, high: number]
> = {
  log: [tf.log, Math.log, 1e-6, 20],
  log1p: [tf.log1p, Math.log1p, -0.999, 20],
  expm1: [tf.expm1, Math.expm1, -30, 30],
  elu: [tf.elu, (x) => (x > 0 ? x : Math.expm1(x)), -10, 10],
  selu: [tf.selu, (x) => (x > 0 ? 1.0507009873554805 * x : 1.7580993408473768 * Math.expm1(x)), -10, 10],
  softplus: [tf.softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), -60, 60],
  logSigmoid: [tf.logSigmoid, (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))), -60, 60],
  sin: [tf.sin, Math.sin, -300, 300],
  cos: [tf.cos, Math.cos, -300, 300],
  atan: [tf.atan, Math.atan, -9, 9],
  asin: [tf.asin, Math.asin, -1, 1],
  acos: [tf.acos, Math.acos, -1, 1],
  exp: [tf.exp, Math.exp, -30, 30],
  tanh: [tf.tanh, Math.tanh, -5, 5],
  sigmoid: [tf.sigmoid, undefined, -15, 15],
  erf: [tf.erf, undefined, -3, 3],
  sqrt: [tf.sqrt, Math.sqrt, 0, 9],
  rsqrt: [tf.rsqrt, (x) => 1 / Math.sqrt(x), 0.01, 9],
  tan: [tf.tan, Math.tan, -1, 1],
  sinh: [tf.sinh, Math.sinh, -9, 9],
  cosh: [tf.cosh, Math.cosh, -9, 9],
  asinh: [tf.asinh, Math.asinh, -9, 9],
  acosh: [tf.acosh, Math.acosh, 1, 9],
  atanh: [tf.atanh, Math.atanh, -0.99, 0.99],
  "pow 1.7": [(x) => tf.pow(x, 1.7), (x) => x ** 1.7, 0, 9],
  gelu: [(x) => tf.mul(x, tf.sigmoid(tf.mul(x, 1.702))), undefined, -5, 5],
};

function spread(count: number, low: number, high: number): Float32Array {
  return Float32Array.from(
    { length: count },
    (_, i) => low + ((high - low) * (Math.imul(i + 1, 0x9e3779b1) >>> 0)) / 2 ** 32,
  );
}

function expectSameBits(found: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(Buffer.from(Float32Array.from(found).buffer).equals(Buffer.from(Float32Array.from(wanted).buffer))).toBe(true);
}

describe.each(Object.keys(FUNCTIONS))("%s", (name) => {
  const [apply = tf.neg, exact, low = 0, high = 1] = FUNCTIONS[name] ?? [];

  it("has the same bits wherever its argument lies", () => {
    const count = 20_001;
    const values = spread(count, low, high);
    const of = (part: Float32Array, shape: number[]) => tf.tidy(() => apply(tf.tensor(part, shape)).dataSync());
    const whole = of(values, [count]);
    for (const length of [1, 2, 3, 5, 9, 17, 33, 63, 4099]) {
      for (const start of [1, count - length])
        expectSameBits(of(values.subarray(start, start + length), [length]), whole.subarray(start, start + length));
    }
    // The transpose lies before the function in one program and behind it in the other.
    const shape: [number, number, number] = [7, 21, 136];
    const rows = values.subarray(0, 7 * 21 * 136);
    const before = tf.tidy(() => apply(tf.transpose(tf.tensor3d(rows, shape), [2, 0, 1])).dataSync());
    const after = tf.tidy(() => {
      const y = apply(tf.tensor3d(rows, shape));
      y.dataSync();
      return tf.transpose(y, [2, 0, 1]).dataSync();
    });
    expectSameBits(before, after);
  });

  it.runIf(exact !== undefined)("is within 1e-6 of its value in float64", () => {
    const values = spread(5_000, low, high);
    const found = tf.tidy(() => apply(tf.tensor1d(values)).dataSync());
    const worst = values.reduce((largest, value, i) => {
      const wanted = exact?.(value) ?? 0;
      return Math.max(largest, Math.abs((found[i] ?? NOT_A_NUMBER) - wanted) / Math.abs(wanted));
    }, 0);
    expect(worst).toBeLessThan(1e-6);
  });
});

it("special values come out as in JavaScript", () => {
  const special = [0, -0, 1, -1, INFINITE, -INFINITE, NOT_A_NUMBER, 1e-30, -1e-30, 3e38, -3e38, 2, -2];
  const of = (apply: (x: tf.Tensor) => tf.Tensor) => [...tf.tidy(() => apply(tf.tensor1d(special)).dataSync())];
  const expected = (f: (x: number) => number) => special.map((value) => Math.fround(f(Math.fround(value))));
  for (const name of ["log", "log1p", "expm1", "elu", "softplus", "atan", "asin", "acos"]) {
    const [apply = tf.neg, exact = Math.abs] = FUNCTIONS[name] ?? [];
    of(apply).forEach((value, i) => {
      const wanted = expected(exact)[i] ?? 0;
      const isClose = Object.is(value, wanted) || Math.abs(value - wanted) <= 1e-6 * Math.abs(wanted);
      expect(isClose, `${name}(${special[i]}) is ${value} instead of ${wanted}`).toBe(true);
    });
  }
});
