import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { backward } from "./backward.js";
import { grad } from "./grad.js";
import { Parameter } from "./parameter.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

/** An operation with this gradient. */
function operation(compute: (x: tf.Tensor) => tf.Tensor, gradient: (dy: tf.Tensor) => tf.Tensor) {
  return tf.customGrad((x) => {
    if (!(x instanceof tf.Tensor)) throw new TypeError("customGrad passes a tensor");
    return { value: compute(x), gradFunc: (dy: tf.Tensor) => gradient(dy) };
  });
}

/** Links of a chain that double; how many tensors there are whenever the gradient of one is computed. */
function counting(): { readonly link: (x: tf.Tensor) => tf.Tensor; readonly counts: number[] } {
  const counts: number[] = [];
  const link = operation(
    (x) => tf.mul(x, 2),
    (dy) => {
      counts.push(tf.memory().numTensors);
      return tf.mul(tf.add(dy, 0), 2);
    },
  );
  return { link, counts };
}

const values = (tensor: tf.Tensor | null | undefined): number[] => [...(tensor?.dataSync() ?? [])];

describe("while a backward goes", () => {
  it("a chain of any length needs the memory of one link", () => {
    const w = Parameter.fromData([1, 1], [2]);
    using _scope = tensorScope();
    const { link, counts } = counting();
    let y: tf.Tensor = w;
    for (let i = 0; i < 8; i += 1) y = link(y);
    backward(tf.sum(y));
    expect(counts.length).toBe(8);
    expect(new Set(counts).size).toBe(1);
    expect(values(w.grad)).toEqual([256, 256]);
    w.dispose();
  });

  it("a tensor that several operations use needs the memory of one sum, however many they are", () => {
    const w = Parameter.fromData([1, 1], [2]);
    using _scope = tensorScope();
    const { link, counts } = counting();
    const trunk = tf.square(w);
    const branches = Array.from({ length: 6 }, () => link(trunk));
    backward(tf.sum(tf.stack(branches)));
    expect(counts.length).toBe(6);
    const steps = counts.slice(2).map((count, i) => count - (counts[i + 1] ?? 0));
    expect(new Set(steps).size).toBe(1);
    expect(values(w.grad)).toEqual([24, 24]);
    w.dispose();
  });

  it("a gradient that is handed through to several inputs stays until the last has used it", () => {
    const w = Parameter.fromData([3, 4], [2]);
    using _scope = tensorScope();
    const through = operation(
      (x) => tf.add(x, 0),
      (dy) => dy,
    );
    const [left, right] = [through(w), tf.square(through(w))];
    backward(tf.sum(tf.add(tf.add(left, right), tf.add(through(left), right))));
    expect(values(w.grad)).toEqual([2 + 4 * 3, 2 + 4 * 4]);
    w.dispose();
  });

  it("a tensor that a gradient function keeps for itself stays, and one that it frees itself is no harm", () => {
    const w = Parameter.fromData([3], [1]);
    using _scope = tensorScope();
    const kept: tf.Tensor[] = [];
    const y = operation(
      (x) => tf.mul(x, 2),
      (dy) => {
        kept.push(tf.keep(tf.add(dy, 1)));
        tf.add(dy, 5).dispose();
        return tf.mul(dy, 2);
      },
    )(w);
    backward(tf.sum(y));
    expect([values(w.grad), kept.map((tensor) => values(tensor))]).toEqual([[2], [[2]]]);
    tf.dispose(kept);
    w.dispose();
  });

  it("with createGraph nothing is freed, so that the gradients have gradients", () => {
    using _scope = tensorScope();
    const x = tf.tensor1d([2, 3]);
    const [first] = grad(tf.sum(tf.mul(tf.square(x), x)), [x], { createGraph: true });
    if (first === null || first === undefined) throw new TypeError("there is a gradient");
    const [second] = grad(tf.sum(first), [x], { createGraph: true });
    if (second === null || second === undefined) throw new TypeError("there is a second gradient");
    const [third] = grad(tf.sum(second), [x]);
    expect([values(first), values(second), values(third)]).toEqual([
      [12, 27],
      [12, 18],
      [6, 6],
    ]);
  });
});

describe("what a backward goes through", () => {
  it("are floating-point numbers only: casts to integers and comparisons cut the graph", () => {
    const w = Parameter.fromData([1.6, 2.6], [2]);
    using _scope = tensorScope();
    const whole = tf.cast(tf.cast(w, "int32"), "float32");
    const isLarge = tf.cast(tf.greater(w, 2), "float32");
    backward(tf.sum(tf.mul(tf.add(whole, isLarge), w)));
    expect(values(w.grad)).toEqual([1, 3]);
    w.dispose();
  });

  it("is nothing that no parameter leads to, whose gradient function is not called", () => {
    const w = Parameter.fromData([1], [1]);
    using _scope = tensorScope();
    const { link, counts } = counting();
    const constant = link(tf.tensor1d([3]));
    const unused = link(w);
    backward(tf.sum(tf.mul(w, constant)));
    expect([counts, values(w.grad), values(unused)]).toEqual([[], [6], [2]]);
    w.dispose();
  });

  it("is a parameter that is the loss itself, and one that is used twice by one operation", () => {
    const w = Parameter.fromData([3], []);
    using _scope = tensorScope();
    backward(w);
    backward(tf.mul(w, w));
    expect(values(w.grad)).toEqual([7]);
    w.dispose();
  });

  it("are sums with and without repetition along an axis", () => {
    const [w, row] = [Parameter.fromData([1, 2, 3, 4], [2, 2]), Parameter.fromData([5, 6], [2])];
    using _scope = tensorScope();
    backward(tf.sum(tf.mul(tf.add(tf.add(w, row), tf.add(w, w)), tf.tensor2d([1, 2, 3, 4], [2, 2]))));
    expect([values(w.grad), values(row.grad)]).toEqual([
      [3, 6, 9, 12],
      [4, 6],
    ]);
    w.dispose();
    row.dispose();
  });

  it("are the inputs that have a gradient, of an operation of which not all have one", () => {
    const w = Parameter.fromData([1, 2, 3], [3]);
    using _scope = tensorScope();
    backward(tf.sum(tf.gather(w, tf.tensor1d([2, 0, 2], "int32"))));
    expect(values(w.grad)).toEqual([1, 0, 2]);
    w.dispose();
  });
});
