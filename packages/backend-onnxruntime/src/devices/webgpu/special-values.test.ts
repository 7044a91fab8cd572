import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backendNameOf, registerOnnxRuntime } from "../../register-onnxruntime.js";
import { useSoftwareGpu } from "../../testing/software-gpu.js";

type Compute = (...tensors: tf.Tensor[]) => tf.Tensor;

const HUGE = 3e38;
/** Numbers below 1e-38 count as 0 on a GPU. */
const TINY = 1e-37;
const VALUES = [0, -0, 1, -1, 0.5, -0.5, 2, -3, 20, -20, 100, -100, TINY, -TINY, HUGE, -HUGE, Infinity, -Infinity, NaN];
const PAIRS = VALUES.flatMap((a) => VALUES.map((b): readonly [number, number] => [a, b]));
const ROWS = [
  [1, 2, 3, 4],
  [1, Number.NaN, 2, 3],
  [Number.NaN, 1, 2, 3],
  [1, 2, 3, Number.NaN],
  [1, Infinity, 2, 3],
  [1, -Infinity, 2, 3],
  [-Infinity, -Infinity, -Infinity, -Infinity],
  [Infinity, -Infinity, Number.NaN, 0],
  [HUGE, HUGE, -HUGE, 0],
];

const UNARY: readonly (readonly [string, Compute])[] = [
  ["abs", (x) => tf.abs(x)],
  ["acos", (x) => tf.acos(x)],
  ["acosh", (x) => tf.acosh(x)],
  ["asin", (x) => tf.asin(x)],
  ["asinh", (x) => tf.asinh(x)],
  ["atan", (x) => tf.atan(x)],
  ["atanh", (x) => tf.atanh(x)],
  ["ceil", (x) => tf.ceil(x)],
  ["cos", (x) => tf.cos(x)],
  ["cosh", (x) => tf.cosh(x)],
  ["elu", (x) => tf.elu(x)],
  ["erf", (x) => tf.erf(x)],
  ["exp", (x) => tf.exp(x)],
  ["expm1", (x) => tf.expm1(x)],
  ["floor", (x) => tf.floor(x)],
  ["isFinite", (x) => tf.isFinite(x)],
  ["isInf", (x) => tf.isInf(x)],
  ["isNaN", (x) => tf.isNaN(x)],
  ["log", (x) => tf.log(x)],
  ["log1p", (x) => tf.log1p(x)],
  ["logSigmoid", (x) => tf.logSigmoid(x)],
  ["neg", (x) => tf.neg(x)],
  ["reciprocal", (x) => tf.reciprocal(x)],
  ["relu", (x) => tf.relu(x)],
  ["relu6", (x) => tf.relu6(x)],
  ["round", (x) => tf.round(x)],
  ["rsqrt", (x) => tf.rsqrt(x)],
  ["selu", (x) => tf.selu(x)],
  ["sigmoid", (x) => tf.sigmoid(x)],
  ["sign", (x) => tf.sign(x)],
  ["sin", (x) => tf.sin(x)],
  ["sinh", (x) => tf.sinh(x)],
  ["softplus", (x) => tf.softplus(x)],
  ["sqrt", (x) => tf.sqrt(x)],
  ["square", (x) => tf.square(x)],
  ["step", (x) => tf.step(x)],
  ["tan", (x) => tf.tan(x)],
  ["tanh", (x) => tf.tanh(x)],
  ["leakyRelu", (x) => tf.leakyRelu(x, 0.1)],
  ["clipByValue", (x) => tf.clipByValue(x, -1.5, 10)],
  ["lit.Hardtanh", (x) => tf.engine().runKernel("lit.Hardtanh", { x }, { minVal: -1.5, maxVal: 10 })],
  ["cast to int32", (x) => tf.cast(x, "int32")],
  ["cast to bool", (x) => tf.cast(x, "bool")],
];
const BINARY: readonly (readonly [string, Compute])[] = [
  ["add", (a, b) => tf.add(a, b)],
  ["sub", (a, b) => tf.sub(a, b)],
  ["mul", (a, b) => tf.mul(a, b)],
  ["div", (a, b) => tf.div(a, b)],
  ["maximum", (a, b) => tf.maximum(a, b)],
  ["minimum", (a, b) => tf.minimum(a, b)],
  ["mod", (a, b) => tf.mod(a, b)],
  ["atan2", (a, b) => tf.atan2(a, b)],
  ["prelu", (a, b) => tf.prelu(a, b)],
  ["squaredDifference", (a, b) => tf.squaredDifference(a, b)],
  ["equal", (a, b) => tf.equal(a, b)],
  ["notEqual", (a, b) => tf.notEqual(a, b)],
  ["less", (a, b) => tf.less(a, b)],
  ["lessEqual", (a, b) => tf.lessEqual(a, b)],
  ["greater", (a, b) => tf.greater(a, b)],
  ["greaterEqual", (a, b) => tf.greaterEqual(a, b)],
  ["lit.HardtanhGrad", (dy, y) => tf.engine().runKernel("lit.HardtanhGrad", { dy, y }, { minVal: -0.5, maxVal: 20 })],
  ["lit.HardswishGrad", (dy, x) => tf.engine().runKernel("lit.HardswishGrad", { dy, x }, {})],
  ["where", (a, b) => tf.where(tf.less(a, 0), a, b)],
];
const OF_ROWS: readonly (readonly [string, Compute])[] = [
  ["softmax", (x) => tf.softmax(x as tf.Tensor2D)],
  ["logSoftmax", (x) => tf.logSoftmax(x as tf.Tensor2D)],
  ["max", (x) => tf.max(x, 1)],
  ["min", (x) => tf.min(x, 1)],
  ["max over rows", (x) => tf.max(x, 0)],
  ["sum", (x) => tf.sum(x, 1)],
  ["mean", (x) => tf.mean(x, 1)],
  ["prod", (x) => tf.prod(x, 1)],
  ["argMax", (x) => tf.argMax(x, 1)],
  ["argMin", (x) => tf.argMin(x, 1)],
  ["cumsum", (x) => tf.cumsum(x, 1)],
  ["values of topk", (x) => tf.topk(withoutNaN(x), 4).values],
  ["places of topk", (x) => tf.topk(withoutNaN(x), 4).indices],
  ["a product", (x) => tf.matMul(x as tf.Tensor2D, tf.tensor2d([1, 0, 1, 2], [4, 1]))],
];

/** Where NaN comes in the order of numbers, tfjs leaves open. */
function withoutNaN(x: tf.Tensor): tf.Tensor {
  return tf.where(tf.isNaN(x), tf.zerosLike(x), x);
}

describe.skipIf(!useSoftwareGpu())(
  "on WebGPU, zeros, infinities, NaN and huge numbers become what they become on the processor",
  () => {
    beforeAll(() => {
      registerOnnxRuntime({ onWarning: () => {} });
      registerOnnxRuntime({ device: "webgpu", onWarning: () => {} });
    });
    afterAll(() => {
      for (const device of ["cpu", "webgpu"] as const) tf.removeBackend(backendNameOf(device));
    });

    async function on(device: "cpu" | "webgpu", compute: () => tf.Tensor): Promise<number[]> {
      await tf.setBackend(backendNameOf(device));
      return tf.tidy(() => Array.from(compute().dataSync(), Number));
    }

    /** The elements that differ by more than rounding, with what they were computed from. */
    async function differences(compute: () => tf.Tensor, inputOf: (place: number) => unknown): Promise<string[]> {
      const [expected, received] = [await on("cpu", compute), await on("webgpu", compute)];
      return expected.flatMap((number, place) => {
        const other = received[place] ?? Number.NaN;
        const isSame = Object.is(number, other) || number === other;
        const tolerance = 1e-4 * Math.abs(number) + 2e-7;
        if (isSame || (Number.isFinite(number) && Math.abs(number - other) <= tolerance)) return [];
        return [`${String(inputOf(place))}: ${other} instead of ${number}`];
      });
    }

    it.each(UNARY)("%s", async (_name, compute) => {
      expect(
        await differences(
          () => compute(tf.tensor1d(VALUES)),
          (place) => VALUES[place],
        ),
      ).toEqual([]);
    });

    it.each(BINARY)("%s", async (_name, compute) => {
      const [a, b] = [0, 1].map((side) => PAIRS.map((pair) => pair[side] ?? 0));
      const both = () => compute(tf.tensor1d(a ?? []), tf.tensor1d(b ?? []));
      expect(await differences(both, (place) => PAIRS[place])).toEqual([]);
    });

    it.each(OF_ROWS)("%s", async (_name, compute) => {
      expect(
        await differences(
          () => compute(tf.tensor2d(ROWS)),
          (place) => place,
        ),
      ).toEqual([]);
    });
  },
);
