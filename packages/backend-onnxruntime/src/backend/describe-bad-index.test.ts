import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { registerOnnxRuntime } from "../register-onnxruntime.js";

beforeAll(async () => {
  registerOnnxRuntime({ threads: 2 });
  await tf.setBackend("onnxruntime");
});

function crossEntropy(labels: tf.Tensor1D, classes: number): tf.Tensor {
  const logits = tf.zeros([labels.shape[0], classes]);
  const attrs = { reduction: "mean", labelSmoothing: 0, ignoreIndex: -100 };
  const [loss] = tf.engine().runKernel<tf.Tensor[]>("lit.CrossEntropy", { logits, target: labels }, attrs);
  return loss ?? logits;
}

describe("an index that is out of range is named, with its place", () => {
  it("a label from the host, among ignored ones", () => {
    tf.tidy(() => {
      const loss = crossEntropy(tf.tensor1d([0, -100, 2, 7, 9], "int32"), 3);
      expect(() => loss.dataSync()).toThrow("one of its indices is out of range (7 at [3], where 0 to 2 exist).");
    });
  });

  it("rows of an embedding's gradient, which runs outside of graphs", () => {
    tf.tidy(() => {
      const indices = tf.tensor2d(
        [
          [0, 1],
          [1, 4],
        ],
        [2, 2],
        "int32",
      );
      const inputs = { dy: tf.ones([2, 2, 1024]), indices };
      const table = tf.engine().runKernel<tf.Tensor>("lit.EmbeddingGrad", inputs, { rows: 3, paddingIndex: -1 });
      expect(() => table.dataSync()).toThrow("(4 at [1, 1], where 0 to 2 exist)");
    });
  });

  it("what an earlier run has computed", () => {
    tf.tidy(() => {
      const indices = tf.sub(tf.tensor1d([1, 0], "int32"), tf.scalar(1, "int32"));
      expect([...indices.dataSync()]).toEqual([0, -1]);
      const picked = tf.gather(tf.tensor2d([[1, 2, 3]]), indices, 1);
      expect(() => picked.dataSync()).toThrow("(-1 at [1], where 0 to 2 exist)");
    });
  });

  it("but not what only the failed graph has seen", () => {
    tf.tidy(() => {
      const picked = tf.gather(tf.tensor1d([1, 2]), tf.add(tf.tensor1d([4], "int32"), tf.scalar(1, "int32")));
      expect(() => picked.dataSync()).toThrow("one of its indices is out of range.");
    });
  });
});
