import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { Buffer, Parameter } from "./parameter.js";

describe("Parameter", () => {
  it("can be made before a backend is chosen, and uploads on first use", async () => {
    const p = Parameter.fromData([1, 2, 3, 4], [2, 2]);
    await tf.setBackend("cpu");
    const before = tf.memory().numTensors;
    expect([...p.dataSync()]).toEqual([1, 2, 3, 4]);
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(Object.values(tf.engine().registeredVariables)).not.toContain(p);
    p.dispose();
    p.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("takes new values from tensors and from the host, used before or not", () => {
    const before = tf.memory().numTensors;
    const p = Parameter.fromData([1, 2], [2]);
    tf.tidy(() => p.assign(tf.tensor1d([3, 4])));
    expect([...p.dataSync()]).toEqual([3, 4]);
    p.setData([5, 6]);
    expect([...p.dataSync()]).toEqual([5, 6]);
    tf.tidy(() => p.assign(tf.tensor1d([7, 8])));
    expect([...p.dataSync()]).toEqual([7, 8]);
    p.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses values that do not fill its shape", () => {
    expect(() => Parameter.fromData([1, 2, 3], [2])).toThrow(MisconfigurationError);
    const p = Parameter.fromData([1, 2], [2]);
    expect(() => p.setData([1])).toThrow(/2 values/);
    expect(() => p.assign(tf.zeros([3]))).toThrow(/keeps its shape/);
    p.dispose();
  });

  it("keeps its gradient when a scope ends and disposes it with itself", () => {
    const before = tf.memory().numTensors;
    const p = Parameter.fromData([1], [1]);
    tf.tidy(() => {
      p.grad = tf.ones([1]);
      p.grad = tf.zeros([1]);
    });
    expect([...(p.grad?.dataSync() ?? [])]).toEqual([0]);
    p.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("Buffer", () => {
  it("is a variable that does not train", () => {
    const b = Buffer.fromData([1.5, 2.5], [2], "int32");
    expect([b.trainable, b.dtype, ...b.dataSync()]).toEqual([false, "int32", 1, 2]);
    b.dispose();
  });
});
