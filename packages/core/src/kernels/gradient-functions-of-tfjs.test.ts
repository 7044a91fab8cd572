import { beforeAll, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import type { Parameter } from "../autograd/parameter.js";
import { backendsUnderTest } from "../backend/backends-under-test.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import * as F from "../nn/functional/index.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import {
  curved,
  DIFFERENTIABLE_CASES,
  parametersFor,
  type DifferentiableCase,
} from "./differentiable-kernels-under-test.js";

function gradientsOfGrad(test: DifferentiableCase, parameters: readonly Parameter[]): number[][] {
  using _scope = tensorScope();
  return grad(curved(test, parameters), parameters).map((gradient) => [...(gradient?.dataSync() ?? [])]);
}

describe.each(await backendsUnderTest())("tfjs' own gradient functions on %s", (backend) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it.each(DIFFERENTIABLE_CASES)("tf.grads of $name gives what grad gives, and leaves nothing behind", (test) => {
    const parameters = parametersFor(test);
    const expected = gradientsOfGrad(test, parameters);
    const before = tf.memory().numTensors;
    const gradients = tf.grads((...inputs: tf.Tensor[]) => curved(test, inputs))(parameters);
    const received = gradients.map((gradient) => [...gradient.dataSync()]);
    tf.dispose(gradients);
    expect(tf.memory().numTensors).toBe(before);
    for (const [i, values] of received.entries())
      for (const [j, value] of values.entries()) expect(value).toBeCloseTo(expected[i]?.[j] ?? Number.NaN, 4);
    for (const parameter of parameters) parameter.dispose();
  });

  it("an optimizer of tfjs trains all parameters of a linear layer with relu", () => {
    const [weight, bias] = [tf.variable(tf.tensor2d([[0.5, 0.3]])), tf.variable(tf.tensor1d([0.1]))];
    const x = tf.tensor2d([[1, 2]]);
    tf.train.sgd(0.1).minimize(() => tf.sum(F.linear(x, weight, bias, { activation: "relu" })), false, [weight, bias]);
    expect([...weight.dataSync()].map((value) => value.toFixed(3))).toEqual(["0.400", "0.100"]);
    expect(bias.dataSync()[0]).toBeCloseTo(0, 6);
    tf.dispose([x, weight, bias]);
  });
});
