import "@tensorflow/tfjs-backend-cpu";
import { beforeEach, expect, it } from "vitest";
import { currentTape } from "./recording.js";
import { holdValue } from "./hold-value.js";
import { tensorScope } from "./tensor-scope.js";
import { tf } from "./tf.js";

beforeEach(() => tf.setBackend("cpu"));

it("a held value outlives its tensor and its scope, and is freed once", () => {
  const before = tf.memory().numTensors;
  const scope = tensorScope();
  const tensor = tf.scalar(3).square();
  const held = holdValue(tensor);
  tensor.dispose();
  scope.close();
  expect(held.dataSync()[0]).toBe(9);
  held.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it("no kernel runs for it, and nothing is recorded", () => {
  using _scope = tensorScope();
  const tensor = tf.scalar(3).square();
  const recorded = currentTape()?.length;
  const held = holdValue(tensor);
  expect(currentTape()?.length).toBe(recorded);
  held.dispose();
});

it("a variable's value is the one that it had", () => {
  const variable = tf.variable(tf.scalar(1));
  const held = holdValue(variable);
  variable.assign(tf.scalar(2));
  expect(held.dataSync()[0]).toBe(1);
  held.dispose();
  variable.dispose();
});
