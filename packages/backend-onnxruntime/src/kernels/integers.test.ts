import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { startBackend } from "../testing/start-backend.js";

beforeAll(() => startBackend({ onWarning: () => {} }).then(() => {}));

const MOST = 2147483647;
const ints = (values: number[]): tf.Tensor1D => tf.tensor1d(values, "int32");

const OPERATIONS: Record<string, () => tf.Tensor> = {
  "sum beyond 32 bits": () => tf.sum(ints([MOST, MOST, 5])),
  "sum of many": () => tf.sum(tf.fill([100_003], 1_000_003, "int32")),
  "sum over one axis": () => tf.sum(tf.tensor2d([MOST, 1, -MOST, MOST, 7, -MOST], [2, 3], "int32"), 0),
  "sum of booleans": () => tf.sum(tf.tensor1d([true, true, false], "bool")),
  "product beyond 32 bits": () => tf.prod(ints([100_000, 100_000, 3])),
  "product of 53 bits": () => tf.prod(ints([94_906_265, 94_906_265, -1])),
  "product of booleans": () => tf.prod(tf.tensor1d([true, true], "bool")),
  powers: () => tf.pow(ints([100_000, 3, -2, 46341, 2, 0, -1, 7, 7]), ints([2, 40, 31, 2, -1, 0, MOST, 0, 1])),
  "powers of zero": () => tf.pow(ints([0, 0]), ints([-1, 5])),
  multiplication: () => tf.mul(ints([100_000, MOST, -2147483648]), ints([100_000, 2, -1])),
  addition: () => tf.add(ints([MOST, -2147483648]), ints([1, -1])),
  addN: () => tf.addN([ints([MOST]), ints([MOST]), ints([9])]),
  // Squares that float32 cannot hold are rounded by tfjs' kernel; here they are exact.
  square: () => tf.square(ints([100_000, 40_000])),
  squaredDifference: () => tf.squaredDifference(ints([100_000]), ints([-1])),
  cumsum: () => tf.cumsum(ints([MOST, 1, 1])),
  cumprod: () => tf.cumprod(ints([100_000, 100_000, 1])),
  matMul: () => tf.matMul(tf.tensor2d([[100_000]], [1, 1], "int32"), tf.tensor2d([[100_000]], [1, 1], "int32")),
  "casts of numbers that do not fit": () =>
    tf.cast(
      tf.tensor1d([
        3e9,
        -3e9,
        4294967296,
        4294967808,
        1e20,
        -1e20,
        2.9,
        -2.9,
        -0.5,
        Number.NaN,
        Infinity,
        -Infinity,
        2 ** 62,
        2 ** 63,
      ]),
      "int32",
    ),
  floorDiv: () => tf.floorDiv(ints([7, -7, 5, -2147483648]), ints([2, 2, 0, -1])),
};

it.each(Object.keys(OPERATIONS))("integers: %s, as tfjs' cpu backend stores it", async (name) => {
  const run = (): { dtype: string; values: number[] } => {
    const y = OPERATIONS[name]?.() ?? tf.scalar(Number.NaN);
    return { dtype: y.dtype, values: [...y.dataSync()] };
  };
  await tf.setBackend("onnxruntime");
  const received = run();
  await tf.setBackend("cpu");
  const expected = run();
  await tf.setBackend("onnxruntime");
  expect(received).toEqual(expected);
});
