import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { registerOnnxRuntime } from "../index.js";

beforeAll(async () => {
  registerOnnxRuntime();
  await tf.setBackend("onnxruntime");
});

describe("a tensor with another number of values than its shape has", () => {
  it("is NaN where tfjs makes one of an array with a tensor in it, as layers of tfjs do", () => {
    const x = tf.ones([2, 3]);
    // Compiles, because to tfjs everything that is like an array may be a tensor.
    const wrong = [x] as unknown as tf.TensorLike;
    expect([...tf.add(x, wrong).dataSync()]).toEqual(Array.from({ length: 6 }, () => Number.NaN));
  });

  it.each<[given: number, shape: number[], dtype: "float32" | "int32" | "bool"]>([
    [0, [1], "float32"],
    [1, [5], "float32"],
    [1, [0], "int32"],
    [0, [1], "int32"],
    [3, [2], "int32"],
    [2, [1000], "bool"],
    [0, [1], "bool"],
    [100_000, [2], "float32"],
  ])("%i values for %j of %s: what is missing is NaN or 0, the rest is left out", async (given, shape, dtype) => {
    const dataId = tf.backend().write(new Float32Array(given).fill(1), shape, dtype);
    const size = tf.util.sizeFromShape(shape);
    const missing = dtype === "float32" ? Number.NaN : 0;
    const expected = Array.from({ length: size }, (_, index) => (index < given ? 1 : missing));
    expect([...(tf.backend().readSync(dataId) as Iterable<number>)]).toEqual(expected);
    tf.backend().disposeData(dataId);
  });
});
