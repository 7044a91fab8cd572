import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../../autograd/backward.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { ShapeError } from "../../errors/shape-error.js";
import { Adam } from "../../optim/adam.js";
import { seedEverything } from "../../random/global-random.js";
import { tensorScope } from "../../tensor/tensor-scope.js";
import { tf } from "../../tensor/tf.js";
import * as nn from "../index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function create(): nn.Sequential {
  return new nn.Sequential(
    new nn.LazyConv2d(4, 3),
    new nn.LazyBatchNorm2d(),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.LazyLinear(2),
  );
}

const LAZY = `Sequential(
  (0): LazyConv2d(0, 4, kernel_size=(3, 3), stride=(1, 1))
  (1): LazyBatchNorm2d(0, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
  (2): ReLU()
  (3): Flatten(start_dim=1, end_dim=-1)
  (4): LazyLinear(in_features=0, out_features=2, bias=True)
)`;
const WHOLE = `Sequential(
  (0): Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1))
  (1): BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
  (2): ReLU()
  (3): Flatten(start_dim=1, end_dim=-1)
  (4): Linear(in_features=36, out_features=2, bias=True)
)`;

describe("a model of lazy layers", () => {
  it("prints as PyTorch's, before its first call and behind it", () => {
    const model = create();
    expect(String(model)).toBe(LAZY);
    tf.tidy(() => model.forward(tf.zeros([2, 3, 5, 5])));
    expect(String(model)).toBe(WHOLE);
    expect(model.at(4)).not.toBeInstanceOf(nn.LazyLinear);
    expect(model.at(4)).toBeInstanceOf(nn.Linear);
    model.dispose();
  });

  it("has the values that the same layers with sizes have", () => {
    seedEverything(5);
    const lazy = new nn.LazyLinear(3);
    seedEverything(5);
    tf.tidy(() => lazy.forward(tf.zeros([1, 4])));
    seedEverything(5);
    const whole = new nn.Linear(4, 3);
    for (const [name, value] of whole.stateDict())
      expect(lazy.stateDict().get(name)?.dataSync()).toEqual(value.dataSync());
  });

  it("says what is missing where somebody asks for a shape or for values", () => {
    const model = create();
    const [weight] = model.parameters();
    if (weight === undefined) throw new Error("there is a weight");
    expect(nn.isLazy(weight)).toBe(true);
    expect([...model.stateDict().keys()]).toHaveLength(9);
    for (const use of [
      () => weight.shape,
      () => weight.size,
      () => weight.rank,
      () => weight.dataSync(),
      () => weight.setData([1]),
      () => tf.mul(weight, 2),
      () => nn.init.ones(weight),
      () => nn.utils.parametersToVector(model.parameters()),
      () => new nn.Conv2d(3, 4, 3).loadStateDict({ weight, bias: weight }),
    ]) {
      expect(use).toThrow(MisconfigurationError);
      expect(use).toThrow(/The weight of LazyConv2d has no shape and no values yet.*forward\(x\)/);
    }
    model.to("cpu").zeroGrad();
    model.dispose();
  });

  it("trains with an optimizer that was made before its first call", () => {
    const model = create();
    const optimizer = new Adam(model.parameters(), { lr: 0.1 });
    optimizer.step();
    for (let step = 0; step < 2; step += 1) {
      using _scope = tensorScope();
      optimizer.zeroGrad();
      backward(tf.mean(tf.square(tf.sub(model.forward(tf.ones([2, 3, 5, 5])), 1))));
      optimizer.step();
    }
    expect(optimizer.state.size).toBe(model.parameters().length);
    expect(model.parameters().every((parameter) => !nn.isLazy(parameter))).toBe(true);
    model.dispose();
    optimizer.dispose();
  });

  it("takes shapes and values of a state dict, partly too, and refuses an input that they do not fit", () => {
    const trained = new nn.Linear(4, 3);
    const lazy = new nn.LazyLinear(3);
    lazy.loadStateDict(trained.stateDict());
    expect(lazy.weight.shape).toEqual([3, 4]);
    expect(lazy).toBeInstanceOf(nn.LazyLinear);
    expect(() => lazy.forward(tf.zeros([1, 5]))).toThrow(ShapeError);
    expect(String(lazy)).toBe("LazyLinear(in_features=0, out_features=3, bias=True)");
    using _scope = tensorScope();
    const x = tf.ones([2, 4]);
    expect(lazy.forward(x).dataSync()).toEqual(trained.forward(x).dataSync());
    expect(String(lazy)).toBe("Linear(in_features=4, out_features=3, bias=True)");
    const half = new nn.LazyLinear(3);
    half.loadStateDict({ bias: trained.bias ?? x }, { strict: false });
    half.forward(tf.ones([1, 2]));
    expect(half.weight.shape).toEqual([3, 2]);
    expect(half.bias?.dataSync()).toEqual(trained.bias?.dataSync());
  });

  it("waits on after an input that no layer of its kind takes", () => {
    const model = create();
    model.parameters();
    using _scope = tensorScope();
    for (const x of [tf.zeros([4]), tf.zeros([2, 3, 5, 5], "int32"), tf.zeros([2, 0, 5, 5])])
      expect(() => model.forward(x)).toThrow(/^0 \(LazyConv2d\): /);
    const forward: (x: unknown) => unknown = model.forward.bind(model) as never;
    expect(() => forward([tf.zeros([1])])).toThrow(/an array of 1/);
    expect(String(model)).toBe(LAZY);
    model.forward(tf.zeros([2, 3, 5, 5]));
    expect(String(model)).toBe(WHOLE);
  });

  it("gives instance norms of one example the right channels", () => {
    using _scope = tensorScope();
    const norm = new nn.LazyInstanceNorm1d();
    norm.forward(tf.randomNormal([3, 7]));
    expect(norm.numFeatures).toBe(3);
    expect(norm.runningMean?.shape).toEqual([3]);
  });
});
