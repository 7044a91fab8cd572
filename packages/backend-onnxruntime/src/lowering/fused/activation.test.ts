import { engine, tidy, type Tensor } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { attributesOf, plain } from "./testing/conv-case.js";
import { expectClose } from "./testing/expect-close.js";
import { NdArray } from "./testing/nd-array.js";
import { TestRandom } from "./testing/random-array.js";
import { runFused, toTensor, useEngine } from "./testing/run-fused.js";
import { padded } from "./testing/window-of.js";

beforeAll(useEngine);

/** erf by its Taylor series, exact enough for |x| < 4. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 100; n += 1) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const definitions: Record<string, (x: number) => number> = {
  none: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  tanh: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

describe("gelu", () => {
  it.each(["none", "tanh"])("and its gradient, approximate: %s", (approximate) => {
    const define = definitions[approximate] ?? Math.sin;
    const x = new NdArray(
      [3, 41],
      Float32Array.from({ length: 123 }, (_, i) => (i - 61) / 16),
    );
    const dy = new TestRandom(1).array(x.shape);
    expectClose(runFused("lit.Gelu", { x }, { approximate })[0], new NdArray(x.shape, x.data.map(define)), 1e-6);
    const step = 1e-5;
    const slopes = x.data.map(
      (value, i) => ((define(value + step) - define(value - step)) / (2 * step)) * (dy.data[i] ?? 0),
    );
    expectClose(runFused("lit.GeluGrad", { dy, x }, { approximate })[0], new NdArray(x.shape, slopes), 2e-6);
  });

  it.each(["none", "tanh"])("takes a scalar, approximate: %s", (approximate) => {
    const x = new NdArray([], [0.5]);
    expectClose(
      runFused("lit.Gelu", { x }, { approximate })[0],
      new NdArray([], [definitions[approximate]?.(0.5) ?? Number.NaN]),
      1e-6,
    );
    expect(runFused("lit.GeluGrad", { dy: new NdArray([], [1]), x }, { approximate })[0]?.shape).toEqual([]);
  });

  it("has finite gradients far from zero", () => {
    const x = new NdArray([4], [-1e4, -40, 40, 1e4]);
    const dy = new NdArray([4], [1, 1, 1, 1]);
    for (const approximate of ["none", "tanh"])
      expect([...(runFused("lit.GeluGrad", { dy, x }, { approximate })[0]?.data ?? [])].map(Math.abs)).toEqual([
        0, 0, 1, 1,
      ]);
  });
});

it("passes a gradient where a relu's result is positive", () => {
  const dy = new NdArray([6], [1, -2, 3, 4, 5, 6]);
  const y = new NdArray([6], [0, 1e-30, 2, 0, 1e30, Number.POSITIVE_INFINITY]);
  expect([...(runFused("lit.ReluGrad", { dy, y })[0]?.data ?? [])]).toEqual([0, -2, 3, 0, 5, 6]);
});

describe("hardtanh", () => {
  const limits = { minVal: 0, maxVal: 6 };

  it("passes a gradient between its limits alone, and nothing of an infinite one elsewhere", () => {
    const dy = new NdArray([6], [1, -Infinity, NaN, Infinity, -2, 3]);
    const y = new NdArray([6], [0, 0, 6, 5, 1e-30, NaN]);
    expect([...(runFused("lit.HardtanhGrad", { dy, y }, limits)[0]?.data ?? [])]).toEqual([0, 0, 0, Infinity, -2, 3]);
  });

  it("takes limits that are infinite", () => {
    const x = new NdArray([3], [-Infinity, 7, Infinity]);
    const limit = (minVal: number, maxVal: number) => [
      ...(runFused("lit.Hardtanh", { x }, { minVal, maxVal })[0]?.data ?? []),
    ];
    expect(limit(-Infinity, 6)).toEqual([-Infinity, 6, 6]);
    expect(limit(8, Infinity)).toEqual([8, 8, Infinity]);
  });

  it("has the same bits behind a convolution as by itself", () => {
    const random = new TestRandom(4);
    const [x, weight] = [random.array([2, 16, 9, 9]), random.array([32, 16, 3, 3])];
    weight.data.fill(-0, 0, 16 * 9);
    const conv = attributesOf({ ...plain, x: x.shape, weight: weight.shape, padding: padded([1, 1]) });
    const bits = (values: ArrayLike<number>) => [...new Int32Array(Float32Array.from(values).buffer)];
    const [alone] = runFused("lit.Conv", { x, weight }, conv);
    const [expected] = runFused("lit.Hardtanh", { x: alone }, limits);
    const inOneGraph = tidy(() => {
      const inputs = { x: toTensor(x), weight: toTensor(weight) };
      const y = engine().runKernel<Tensor>("lit.Conv", inputs, conv);
      return engine().runKernel<Tensor>("lit.Hardtanh", { x: y }, limits).dataSync();
    });
    expect(bits(inOneGraph)).toEqual(bits(expected?.data ?? []));
  });
});
