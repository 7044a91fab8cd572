import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, it } from "vitest";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { gradOf, gradPlaceOf } from "./gradients-of-variables.js";
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

describe("values that are replaced or disposed before they are used", () => {
  /** How often the backend was given values. */
  function uploadsDuring(body: () => void): number {
    const backend = tf.backend();
    const { write } = backend;
    let uploads = 0;
    backend.write = (...given) => {
      uploads += 1;
      return write.apply(backend, given);
    };
    try {
      body();
    } finally {
      backend.write = write;
    }
    return uploads;
  }

  it("are never uploaded", () => {
    const value = tf.tensor1d([3, 4]);
    const uploads = uploadsDuring(() => {
      const p = Parameter.fromData([1, 2], [2]);
      p.setData([2, 3]);
      p.assign(value);
      Parameter.fromData([1, 2], [2]).dispose();
      p.dispose();
    });
    expect(uploads).toBe(0);
    value.dispose();
  });

  it("do not take values along that another tensor still has", () => {
    const value = tf.tensor1d([3, 4]);
    const p = Parameter.fromData([1, 2], [2]);
    p.assign(value);
    p.dispose();
    p.dispose();
    expect([...value.dataSync()]).toEqual([3, 4]);
    value.dispose();
  });
});

describe("a variable's gradient", () => {
  it("stays when it is set once more", () => {
    const p = Parameter.fromData([1], [1]);
    p.grad = tf.tensor1d([7]);
    p.grad = gradOf(p);
    expect([...(p.grad?.dataSync() ?? [])]).toEqual([7]);
    p.dispose();
  });

  it("has one place, and no name among tfjs' variables", () => {
    const [p, other] = [Parameter.fromData([1], [1]), Parameter.fromData([1], [1])];
    expect(gradPlaceOf(p)).toBe(gradPlaceOf(p));
    expect(gradPlaceOf(p)).not.toBe(gradPlaceOf(other));
    expect(p.name).toBe("");
  });
});

describe("Buffer", () => {
  it("is a variable that does not train", () => {
    const b = Buffer.fromData([1.5, 2.5], [2], "int32");
    expect([b.trainable, b.dtype, ...b.dataSync()]).toEqual([false, "int32", 1, 2]);
    b.dispose();
  });
});
