import * as tf from "@tensorflow/tfjs-core";
import { inspect } from "node:util";
import { expect, it } from "vitest";
import { registerOnnxRuntime } from "../index.js";

it("the console shows fields of a tensor, computed or not, and nothing of the engine", async () => {
  registerOnnxRuntime();
  await tf.setBackend("onnxruntime");
  const given = tf.tensor1d([1, 2, 3]);
  const recorded = tf.add(given, 1);
  for (const tensor of [given, recorded]) {
    const text = inspect(tensor, { depth: 10 });
    expect(text).toContain("dataId: {},");
    expect(text).not.toMatch(/Lazy|flush|slot/);
  }
  expect([...recorded.dataSync()]).toEqual([2, 3, 4]);
  tf.dispose([given, recorded]);
});
