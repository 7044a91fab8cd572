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

  it("shares the values of a tensor that it is made of, and outlives it", () => {
    const before = tf.memory().numTensors;
    const [p, mean] = tf.tidy(() => [
      new Parameter(tf.tensor1d([1, 2]).add(1)),
      new Buffer(tf.tensor1d([5, 6], "int32")),
    ]);
    const fixed = new Parameter(p, { requiresGrad: false });
    tf.tidy(() => p.assign(p.mul(10)));
    expect([[...p.dataSync()], p.requiresGrad, p.shape]).toEqual([[20, 30], true, [2]]);
    expect([[...fixed.dataSync()], fixed.requiresGrad]).toEqual([[2, 3], false]);
    expect([[...mean.dataSync()], mean.dtype]).toEqual([[5, 6], "int32"]);
    for (const variable of [p, mean, fixed]) variable.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it("copies a variable that is still on the host without using a backend", () => {
    const source = Parameter.fromData([1, 2], [2]);
    const copy = new Parameter(source);
    source.setData([3, 4]);
    expect(copy.hostValues()).toEqual(new Float32Array([1, 2]));
  });

  it("is made of a float32 tensor and nothing else", () => {
    const wrong: [make: () => unknown, message: RegExp][] = [
      [() => new Parameter(tf.tensor1d([1], "int32")), /Only floats have gradients.[^]*nn\.Buffer/],
      [() => Reflect.construct(Parameter, [[1, 2]]), /nn\.Parameter is made of a tensor.[^]*\[1, 2\]/],
      [() => Reflect.construct(Parameter, []), /Received undefined/],
      [() => Reflect.construct(Buffer, [3]), /nn\.Buffer is made of a tensor/],
      [() => Reflect.construct(Parameter, [tf.zeros([1]), { requires_grad: false }]), /requiresGrad \(did you mean/],
      [() => Reflect.construct(Parameter, [tf.zeros([1]), {}, 3]), /takes fewer arguments/],
    ];
    for (const [make, message] of wrong) expect(make).toThrow(message);
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
