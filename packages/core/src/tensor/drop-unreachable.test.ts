import "@tensorflow/tfjs-backend-cpu";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { grad } from "../autograd/grad.js";
import { Parameter } from "../autograd/parameter.js";
import { FreedGraphError } from "../errors/freed-graph-error.js";
import { readRecording } from "./engine-internals/tape.js";
import { awaitOutside, tensorScope, type TensorScope } from "./tensor-scope.js";
import { tf } from "./tf.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

let w: Parameter;
let outer: TensorScope;
let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
  w = Parameter.fromData([0.5, -0.25], [2]);
  outer = tensorScope();
});
afterEach(() => {
  outer.close();
  w.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

const forward = () => tf.sum(tf.tanh(tf.mul(tf.exp(w), w)));
const gradient = () => [...(w.grad?.dataSync() ?? [])];
const nodes = () => readRecording().tape?.length ?? 0;

describe("a scope inside another one, which ends", () => {
  it("leaves nothing of forwards without a backward", () => {
    const once = () => {
      using _inner = tensorScope();
      forward();
    };
    once();
    const made = tf.memory().numTensors;
    for (let i = 0; i < 20; i += 1) once();
    expect([tf.memory().numTensors, nodes()]).toEqual([made, 0]);
  });

  it("leaves what leads to a tensor that was kept, for its first and second derivative", () => {
    const inner = tensorScope();
    forward();
    const loss = inner.keep(forward());
    inner.close();
    expect(nodes()).toBeGreaterThan(3);
    const [first] = grad([loss], [w], { createGraph: true });
    const [second] = grad([tf.sum(first ?? loss)], [w]);
    const expected = tf.grad((x: tf.Tensor) => tf.sum(tf.tanh(tf.mul(tf.exp(x), x))));
    const input = tf.tensor1d(w.dataSync());
    expect(first?.dataSync()).toEqual(expected(input).dataSync());
    const twice = tf
      .grad((x: tf.Tensor) => tf.sum(expected(x)))(input)
      .dataSync();
    second?.dataSync().forEach((value, i) => expect(value).toBeCloseTo(twice[i] ?? Number.NaN, 5));
    loss.dispose();
  });

  it("leaves what was recorded before it, and of other tasks that take turns with it what still lives", async () => {
    const early = forward();
    const inner = tensorScope();
    forward();
    let late: tf.Tensor | undefined;
    const task = Promise.resolve().then(() => void (late = forward()));
    await awaitOutside(inner, task);
    forward();
    inner.close();
    if (late === undefined) throw new Error("no late loss");
    backward(tf.add(early, late));
    const both = gradient();
    w.grad = null;
    backward(tf.mul(forward(), 2));
    gradient().forEach((value, i) => expect(value).toBeCloseTo(both[i] ?? Number.NaN, 5));
  });

  it("remembers which graph a backward has freed", () => {
    const hidden = tf.tanh(w);
    const inner = tensorScope();
    backward(tf.sum(tf.square(hidden)));
    inner.close();
    expect(() => backward(tf.sum(tf.exp(hidden)))).toThrow(FreedGraphError);
  });

  it("leaves nothing of a long chain", () => {
    const inner = tensorScope();
    let x: tf.Tensor = tf.mul(w, 1);
    for (let i = 0; i < 20_000; i += 1) x = tf.mul(x, 1);
    inner.close();
    expect(nodes()).toBe(0);
  });
});
