import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../../../autograd/backward.js";
import { Parameter } from "../../../autograd/parameter.js";
import { SGD } from "../../../optim/sgd.js";
import { tensorScope } from "../../../tensor/tensor-scope.js";
import { tf } from "../../../tensor/tf.js";
import { Sequential } from "../../containers/sequential.js";
import { ReLU } from "../../layers/activations.js";
import { Linear } from "../../layers/linear.js";
import { parametrizations, removeSpectralNorm, removeWeightNorm, spectralNorm, weightNorm } from "../index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const input = (): tf.Tensor => tf.tensor2d([[1, -2, 0.5]]);

describe("weights that are computed", () => {
  it.each([
    ["weightNorm", weightNorm],
    ["parametrizations.weightNorm", parametrizations.weightNorm],
  ])("%s leaves what the layer computes, and trains its two parts", (_, wrap) => {
    const layer = new Linear(3, 2);
    using _scope = tensorScope();
    const before = layer.forward(input()).dataSync().slice();
    wrap(layer);
    const after = layer.forward(input()).dataSync();
    before.forEach((value, i) => expect(after[i]).toBeCloseTo(value, 5));
    const model = new Sequential(layer, new ReLU());
    using optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const old = layer.parameters().map((parameter) => parameter.dataSync().slice());
    backward(tf.sum(layer.forward(input())));
    optimizer.step();
    layer.parameters().forEach((parameter, i) => expect(parameter.dataSync()).not.toEqual(old[i]));
    model.dispose();
  });

  it("become parameters again, with the same output", () => {
    const [split, divided] = [weightNorm(new Linear(3, 2)), spectralNorm(new Linear(3, 2))];
    using _scope = tensorScope();
    for (const [layer, remove] of [
      [split, removeWeightNorm],
      [divided, removeSpectralNorm],
    ] as const) {
      layer.eval();
      const before = layer.forward(input()).dataSync().slice();
      remove(layer);
      expect(layer.weight).toBeInstanceOf(Parameter);
      expect([...layer.stateDict().keys()].toSorted()).toEqual(["bias", "weight"]);
      expect(layer.forward(input()).dataSync()).toEqual(before);
      layer.dispose();
    }
  });

  it.each([
    ["spectralNorm", spectralNorm],
    ["parametrizations.spectralNorm", parametrizations.spectralNorm],
  ])("%s brings the largest singular value to 1, and takes no step in evaluation", (_, wrap) => {
    const layer = wrap(new Linear(2, 2));
    const original = layer.parameters().find(({ shape }) => shape.length === 2);
    original?.setData([3, 0, 0, 1]);
    using _scope = tensorScope();
    for (let use = 0; use < 20; use += 1) void layer.weight;
    const weight = tf.tensor(layer.weight.dataSync(), [2, 2]).dataSync();
    expect(weight[0]).toBeCloseTo(1, 4);
    expect(weight[3]).toBeCloseTo(1 / 3, 4);
    layer.eval();
    const vectors = layer.buffers().map((buffer) => buffer.dataSync().slice());
    void layer.weight;
    layer.buffers().forEach((buffer, i) => expect(buffer.dataSync()).toEqual(vectors[i]));
    layer.dispose();
  });
});
