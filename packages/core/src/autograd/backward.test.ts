import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { FreedGraphError } from "../errors/freed-graph-error.js";
import { ModifiedVariableError } from "../errors/modified-variable-error.js";
import { NoGradientError } from "../errors/no-gradient-error.js";
import { detach } from "../tensor/detach.js";
import { noGrad } from "../tensor/recording.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { backward } from "./backward.js";
import { grad } from "./grad.js";
import { Parameter } from "./parameter.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function values(tensor: tf.Tensor | null): number[] {
  return tensor === null ? [] : [...tensor.dataSync()];
}

describe("backward", () => {
  it("fills grad and accumulates over batches", () => {
    const w = Parameter.fromData([1, 2, 3], [3]);
    for (let i = 0; i < 3; i += 1) {
      using _scope = tensorScope();
      backward(tf.sum(tf.mul(w, tf.square(w))));
    }
    expect(values(w.grad)).toEqual([9, 36, 81]);
    w.dispose();
  });

  it("leaves no tensor behind over many steps", () => {
    const w = Parameter.fromData(new Float32Array(12).fill(0.5), [4, 3]);
    const b = Parameter.fromData([0, 0, 0], [3]);
    const step = (): void => {
      using _scope = tensorScope();
      const x = tf.ones([2, 4]);
      const logits = tf.relu(tf.add(tf.matMul(x, w), b));
      backward(tf.mean(tf.square(tf.softmax(logits))));
      noGrad(() => {
        for (const p of [w, b]) {
          const next = tf.sub(p, tf.mul(p.grad ?? 0, 0.1));
          p.assign(next);
          p.grad = null;
        }
      });
    };
    step();
    const before = tf.memory();
    for (let i = 0; i < 20; i += 1) step();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    w.dispose();
    b.dispose();
  });

  it("records no kernel of the backward itself", () => {
    const w = Parameter.fromData([1, 2], [2]);
    using _scope = tensorScope();
    const loss = tf.sum(tf.exp(tf.square(w)));
    const saved = tf.memory().numTensors;
    backward(loss, { retainGraph: true });
    expect(tf.memory().numTensors).toBe(saved + 1);
    w.dispose();
  });

  it("differentiates twice with createGraph", () => {
    const w = Parameter.fromData([2], []);
    using _scope = tensorScope();
    const [first] = grad(tf.pow(w, tf.scalar(3)), [w], { createGraph: true });
    if (first === null || first === undefined) throw new Error("no gradient");
    expect(values(first)[0]).toBeCloseTo(12, 4);
    backward(first);
    expect(values(w.grad)[0]).toBeCloseTo(12, 4);
    w.dispose();
  });

  it("reaches tensors that are no variables", () => {
    using _scope = tensorScope();
    const x = tf.tensor1d([1, 2]);
    const h = tf.square(x);
    const gradients = grad(tf.sum(tf.square(h)), [x, h]);
    expect(gradients.map(values)).toEqual([
      [4, 32],
      [2, 8],
    ]);
  });

  it("lets two losses share a trunk when the graph is retained, and says so when it is not", () => {
    const w = Parameter.fromData([3], [1]);
    {
      using _scope = tensorScope();
      const trunk = tf.square(w);
      const first = tf.sum(tf.mul(trunk, 2));
      const second = tf.sum(tf.square(trunk));
      backward(first, { retainGraph: true });
      backward(second);
      expect(values(w.grad)).toEqual([12 + 108]);
      expect(() => backward(tf.sum(tf.square(trunk)))).toThrow(FreedGraphError);
      expect(() => backward(second)).toThrow(FreedGraphError);
    }
    w.dispose();
  });

  it("keeps the graph of an unrelated loss", () => {
    const w = Parameter.fromData([3], [1]);
    const v = Parameter.fromData([5], [1]);
    using _scope = tensorScope();
    const first = tf.sum(tf.square(w));
    const second = tf.sum(tf.square(v));
    backward(first);
    backward(second);
    expect([...values(w.grad), ...values(v.grad)]).toEqual([6, 10]);
    w.dispose();
    v.dispose();
  });

  it("refuses a variable that was assigned after the forward", () => {
    const w = Parameter.fromData([3], [1]);
    using _scope = tensorScope();
    const loss = tf.sum(tf.square(w));
    w.assign(tf.tensor1d([4]));
    expect(() => backward(loss)).toThrow(ModifiedVariableError);
    w.dispose();
  });

  it("stops at detach, noGrad and frozen parameters", () => {
    const w = Parameter.fromData([3], [1]);
    const frozen = Parameter.fromData([7], [1]);
    frozen.requiresGrad = false;
    using _scope = tensorScope();
    const square = noGrad(() => tf.square(w));
    backward(tf.sum(tf.add(tf.mul(w, detach(w)), tf.mul(frozen, square))));
    expect(values(w.grad)).toEqual([3]);
    expect(frozen.grad).toBeNull();
    expect(() => backward(tf.sum(detach(w)))).toThrow(NoGradientError);
    w.dispose();
    frozen.dispose();
  });

  it("starts from a given gradient and asks for one when the loss is no scalar", () => {
    const w = Parameter.fromData([3, 4], [2]);
    using _scope = tensorScope();
    expect(() => backward(tf.square(w))).toThrow(/implicit gradient/);
    backward(tf.square(w), { gradient: tf.tensor1d([1, 10]) });
    expect(values(w.grad)).toEqual([6, 80]);
    w.dispose();
  });

  it("says that no scope is open", () => {
    const w = Parameter.fromData([3], [1]);
    const loss = tf.sum(tf.square(w));
    expect(() => backward(loss)).toThrow(/No scope is open/);
    tf.dispose(tf.grad((x: tf.Tensor) => tf.square(x))(tf.scalar(1)));
    expect(() => backward(loss)).toThrow(/No scope is open/);
    loss.dispose();
    w.dispose();
  });

  it("hands a gradient that is the loss's own to the variable as a copy", () => {
    const w = Parameter.fromData([3], []);
    using _scope = tensorScope();
    const one = tf.scalar(1);
    backward(w, { gradient: one });
    expect(w.grad).not.toBe(one);
    expect(values(w.grad)).toEqual([1]);
    w.dispose();
  });

  it("gives every input of a sum a gradient of its own", () => {
    const outside = tf.tensor1d([5, 6]);
    {
      using _scope = tensorScope();
      const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
      const [da, db] = grad(tf.add(a, b), [a, b], { gradOutputs: [outside] });
      da?.dispose();
      expect([...(db?.dataSync() ?? [])]).toEqual([5, 6]);
    }
    expect([...outside.dataSync()]).toEqual([5, 6]);
    outside.dispose();
  });

  it("works beside tf.grads and tf.train inside one scope", () => {
    const w = Parameter.fromData([3], [1]);
    const v = tf.variable(tf.tensor1d([2]));
    const scope = tensorScope();
    const loss = tf.sum(tf.square(w));
    tf.train.sgd(0.5).minimize(() => tf.sum(tf.square(v)), false, [v]);
    expect(values(v)).toEqual([0]);
    backward(loss);
    expect(values(w.grad)).toEqual([6]);
    scope.close();
    w.dispose();
    v.dispose();
  });
});
