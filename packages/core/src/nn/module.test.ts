import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../autograd/backward.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { StateDictError } from "../errors/state-dict-error.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { BatchNorm1d, functional as F, Linear, Module, ModuleDict, ModuleList, ReLU, Sequential } from "./index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

class Net extends Module {
  readonly fc1 = new Linear(4, 8);
  readonly norm = new BatchNorm1d(8);
  readonly head = new Sequential(new Linear(8, 8), new ReLU(), new Linear(8, 3));
  readonly notAMember = { weight: 1 };

  override forward(x: tf.Tensor): tf.Tensor {
    return this.head.forward(F.relu(this.norm.forward(this.fc1.forward(x))));
  }
}

describe("Module", () => {
  it("finds parameters, buffers and children under PyTorch's keys", () => {
    const net = new Net();
    expect([...net.stateDict().keys()]).toEqual([
      "fc1.weight",
      "fc1.bias",
      "norm.weight",
      "norm.bias",
      "norm.running_mean",
      "norm.running_var",
      "norm.num_batches_tracked",
      "head.0.weight",
      "head.0.bias",
      "head.2.weight",
      "head.2.bias",
    ]);
    expect(net.namedParameters().map(([name]) => name)).toEqual([
      "fc1.weight",
      "fc1.bias",
      "norm.weight",
      "norm.bias",
      "head.0.weight",
      "head.0.bias",
      "head.2.weight",
      "head.2.bias",
    ]);
    expect(net.namedModules().map(([name]) => name)).toEqual(["", "fc1", "norm", "head", "head.0", "head.1", "head.2"]);
    expect(net.parameters()[0]?.shape).toEqual([8, 4]);
  });

  it("trains, steps through modes and leaves nothing behind", () => {
    const net = new Net();
    const step = (): void => {
      using _scope = tensorScope();
      backward(F.crossEntropy(net.forward(tf.randomNormal([5, 4])), tf.tensor1d([0, 1, 2, 0, 1], "int32")));
      net.zeroGrad();
    };
    step();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i += 1) step();
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(0);
    expect(net.norm.numBatchesTracked?.dataSync()[0]).toBe(6);
    expect(
      net
        .eval()
        .modules()
        .every((module) => !module.training),
    ).toBe(true);
    const [a, b] = tf.tidy(() => [net.forward(tf.ones([1, 4])).arraySync(), net.forward(tf.ones([1, 4])).arraySync()]);
    expect(a).toEqual(b);
    net.dispose();
  });

  it("copies a state dict from tensors or host values, casting to its own dtype", () => {
    const [source, target] = [new Net(), new Net()];
    const host = new Map(
      [...source.stateDict()].map(([key, tensor]) => [key, { shape: tensor.shape, values: tensor.dataSync() }]),
    );
    expect(target.loadStateDict(host)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(target.head.at(2)?.stateDict().get("weight")?.arraySync()).toEqual(
      source.head.at(2)?.stateDict().get("weight")?.arraySync(),
    );
    expect(new Net().loadStateDict(source.stateDict()).missingKeys).toEqual([]);
  });

  it("lists missing, unexpected and misshapen keys, with a hint, and changes nothing", () => {
    const net = new Linear(2, 3);
    const before = net.bias?.arraySync();
    const wrong = new Map([
      ["weight", { shape: [3, 4], values: new Float32Array(12) }],
      ["biass", { shape: [3], values: new Float32Array(3) }],
    ]);
    const load = (): unknown => net.loadStateDict(wrong);
    expect(load).toThrow(StateDictError);
    expect(load).toThrow(
      /missing:\n {4}bias\n {2}unexpected:\n {4}biass \(renamed from or to bias\?\)\n {2}shape:\n {4}weight: expected \[3, 2\], received \[3, 4\]/,
    );
    expect(net.bias?.arraySync()).toEqual(before);
    expect(
      net.loadStateDict(
        { bias: { shape: [3], values: [1, 2, 3] }, extra: { shape: [], values: [0] } },
        { strict: false },
      ),
    ).toEqual({ missingKeys: ["weight"], unexpectedKeys: ["extra"] });
    expect(net.bias?.arraySync()).toEqual([1, 2, 3]);
  });

  it("lists a shared parameter once, and saves it under both names", () => {
    class Tied extends Module {
      readonly a = new Linear(2, 2, { bias: false });
      readonly b = new Linear(2, 2, { bias: false });
      constructor() {
        super();
        this.b.weight = this.a.weight;
      }
    }
    const tied = new Tied();
    expect(tied.parameters()).toHaveLength(1);
    expect([...tied.stateDict().keys()]).toEqual(["a.weight", "b.weight"]);
  });

  it("registers by name, and keeps what is not persistent out of the state dict", () => {
    const module = new Module();
    module.registerBuffer("mask", { shape: [2], values: [1, 0] }, { persistent: false });
    module.registerBuffer("scale", tf.tensor1d([3]));
    module.registerModule("list", new ModuleList([new Linear(1, 1), new Linear(1, 2)]));
    module.registerModule("dict", new ModuleDict({ left: new Linear(1, 1, { bias: false }) }));
    expect([...module.stateDict().keys()]).toEqual([
      "scale",
      "list.0.weight",
      "list.0.bias",
      "list.1.weight",
      "list.1.bias",
      "dict.left.weight",
    ]);
    expect(module.namedBuffers().map(([name]) => name)).toEqual(["mask", "scale"]);
    expect(() => module.registerBuffer("a.b", tf.scalar(1))).toThrow(MisconfigurationError);
  });

  it("takes plain tf variables as parameters and buffers", () => {
    class Scale extends Module {
      readonly factor = tf.variable(tf.scalar(2));
      readonly count = tf.variable(tf.scalar(0), false);
    }
    const scale = new Scale();
    expect(scale.namedParameters().map(([name]) => name)).toEqual(["factor"]);
    expect(scale.namedBuffers().map(([name]) => name)).toEqual(["count"]);
    {
      using _scope = tensorScope();
      backward(tf.square(scale.factor));
    }
    expect(scale.parameters()[0]?.grad?.dataSync()[0]).toBe(4);
    scale.loadStateDict({ factor: { shape: [], values: [5] }, count: { shape: [], values: [1] } });
    expect(scale.factor.dataSync()[0]).toBe(5);
    scale.dispose();
  });

  it("freezes and thaws parameters", () => {
    const net = new Linear(2, 1).requiresGrad(false);
    expect(net.parameters().map((parameter) => parameter.requiresGrad)).toEqual([false, false]);
    expect(net.requiresGrad().weight.requiresGrad).toBe(true);
  });

  it("says what to define when there is no forward", () => {
    expect(() => new Module().forward()).toThrow(/define forward/);
  });

  it("gives the same weights for the same seed, and PyTorch's range", async () => {
    const { seedEverything } = await import("../random/global-random.js");
    seedEverything(1);
    const first = new Linear(100, 50);
    seedEverything(1);
    const second = new Linear(100, 50);
    expect(first.weight.dataSync()).toEqual(second.weight.dataSync());
    const largest = Math.max(...first.weight.dataSync().map(Math.abs));
    expect(largest).toBeLessThanOrEqual(0.1);
    expect(largest).toBeGreaterThan(0.09);
  });
});
