import "@tensorflow/tfjs-backend-cpu";
import * as layers from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { Parameter } from "../autograd/parameter.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { Adam } from "../optim/adam.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { fromLayersModel, functional as F, Linear, Module } from "./index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function smallModel(): layers.Sequential {
  return layers.sequential({
    layers: [
      layers.layers.dense({ units: 5, inputShape: [4], activation: "relu" }),
      layers.layers.batchNormalization(),
      layers.layers.dropout({ rate: 0.5 }),
      layers.layers.dense({ units: 3 }),
    ],
  });
}

class Net extends Module {
  readonly body = smallModel();
  readonly head = new Linear(3, 2);
}

describe("a tf.LayersModel in a module", () => {
  it("is found as a field, with keys that do not depend on tfjs' running numbers", () => {
    const [first, second] = [new Net(), new Net()];
    const keys = [
      "head.weight",
      "head.bias",
      "body.0.kernel",
      "body.0.bias",
      "body.1.gamma",
      "body.1.beta",
      "body.1.moving_mean",
      "body.1.moving_variance",
      "body.3.kernel",
      "body.3.bias",
    ];
    expect([...second.stateDict().keys()].toSorted()).toEqual(keys.toSorted());
    expect(second.parameters()).toHaveLength(8);
    second.loadStateDict(first.stateDict());
    expect(second.body.getWeights().map((weight) => weight.arraySync())).toEqual(
      first.body.getWeights().map((weight) => weight.arraySync()),
    );
  });

  it("gets the gradients that tfjs computes, in grad, and trains", () => {
    const model = smallModel();
    const module = fromLayersModel(model).eval();
    const x = tf.randomNormal([6, 4]);
    const target = tf.tensor1d([0, 1, 2, 0, 1, 2], "int32");
    {
      using _scope = tensorScope();
      backward(F.crossEntropy(module.forward(x), target));
    }
    const reference = tf.variableGrads(() =>
      tf.losses.softmaxCrossEntropy(tf.oneHot(target, 3), model.apply(x, { training: false }) as tf.Tensor).asScalar(),
    );
    for (const parameter of module.parameters()) {
      expect(parameter).toBeInstanceOf(Parameter);
      const expected = reference.grads[parameter.name]?.dataSync() ?? [];
      [...(parameter.grad?.dataSync() ?? [])].forEach((value, i) =>
        expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5),
      );
      expect(parameter.grad?.size).toBe(expected.length);
    }
    const optimizer = new Adam(module.parameters(), { lr: 0.05 });
    const losses: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      using _scope = tensorScope();
      optimizer.zeroGrad();
      const loss = F.crossEntropy(module.forward(x), target);
      losses.push(loss.dataSync()[0] ?? Number.NaN);
      backward(loss);
      optimizer.step();
    }
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.8);
  });

  it("knows training from evaluation, and leaves nothing behind", () => {
    const module = fromLayersModel(smallModel());
    const x = tf.ones([2, 4]);
    const run = (): unknown => tf.tidy(() => module.forward(x).arraySync());
    module.eval();
    expect(run()).toEqual(run());
    const before = tf.memory().numTensors;
    module.train();
    for (let i = 0; i < 3; i += 1) {
      using _scope = tensorScope();
      backward(F.mseLoss(module.forward(x), tf.zeros([2, 3])));
      module.zeroGrad();
    }
    expect(tf.memory().numTensors).toBe(before);
    expect(fromLayersModel(module.model)).toBe(module);
    expect(() => fromLayersModel(JSON.parse("{}"))).toThrow(MisconfigurationError);
  });
});
