import "@tensorflow/tfjs-backend-cpu";
import { beforeEach, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { Parameter } from "../autograd/parameter.js";
import { carry } from "./carry.js";
import { tensorScope } from "./tensor-scope.js";
import { tf } from "./tf.js";

beforeEach(() => tf.setBackend("cpu"));

describe("a tensor that is carried", () => {
  it("outlives its scope, and what it replaces ends with the scope that replaces it", () => {
    const count = tf.memory().numTensors;
    let hidden: [tf.Tensor, { readonly cell: tf.Tensor }] | undefined;
    for (let batch = 0; batch < 5; batch += 1) {
      const before = hidden;
      const scope = tensorScope();
      hidden = carry([tf.scalar(batch), { cell: tf.scalar(-batch) }], hidden);
      expect(before?.[0].isDisposed ?? false).toBe(false);
      scope.close();
      expect(before?.[0].isDisposed ?? true).toBe(true);
      expect(hidden[1].cell.dataSync()[0]).toBeCloseTo(-batch);
      expect(tf.memory().numTensors).toBe(count + 2);
    }
    expect(carry(undefined, hidden)).toBeUndefined();
    expect(tf.memory().numTensors).toBe(count);
  });

  it("is of the step that made it no longer: no gradient flows through it", () => {
    const weight = Parameter.fromData([2], []);
    let hidden: tf.Tensor = tf.scalar(3);
    const scope = tensorScope();
    const fresh = weight.mul(hidden);
    hidden = carry(fresh, hidden);
    backward(fresh.add(hidden.mul(weight)).asScalar());
    expect(weight.grad?.dataSync()[0]).toBe(3 + 6);
    scope.close();
    expect(hidden.dataSync()[0]).toBe(6);
    hidden.dispose();
    weight.dispose();
  });

  it("may be a parameter's value, and may take its own place", () => {
    const weight = Parameter.fromData([2], []);
    const first = carry<tf.Tensor>(weight);
    weight.assign(tf.scalar(5));
    const second = carry(first, first);
    expect([second.dataSync()[0], first.isDisposed]).toEqual([2, true]);
    second.dispose();
    weight.dispose();
  });
});
