import * as layers from "@tensorflow/tfjs-layers";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { resolveBackend } from "../backend/resolve-backend.js";
import { backward } from "../autograd/backward.js";
import { gradOf, setGrad } from "../autograd/gradients-of-variables.js";
import { Parameter } from "../autograd/parameter.js";
import { fromLayersModel } from "../nn/from-layers-model.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { Adam, AdamW } from "./adam.js";
import type { OptimizerState } from "./optimizer-state.js";
import { Muon } from "./muon.js";
import { Rprop } from "./rprop.js";
import { SGD } from "./sgd.js";

let a: Parameter;
let b: Parameter;

beforeAll(async () => {
  await resolveBackend("cpu");
});
beforeEach(() => {
  a = Parameter.fromData([1, 2], [2]);
  b = Parameter.fromData([3], [1]);
});
afterEach(() => {
  a.dispose();
  b.dispose();
});

const grad = (param: tf.Variable, value: number) => setGrad(param, tf.keep(tf.fill(param.shape, value)));
const first = (tensor: tf.Tensor) => tensor.dataSync()[0];

describe("Optimizer", () => {
  it("keeps options per group and takes a changed learning rate at the next step", () => {
    using optimizer = new SGD([{ params: [a], lr: 1 }, { params: [b] }], { lr: 0.5 });
    expect(optimizer.paramGroups.map(({ lr }) => lr)).toEqual([1, 0.5]);
    grad(a, 1);
    grad(b, 1);
    optimizer.step();
    expect([first(a), first(b)]).toEqual([0, 2.5]);
    for (const group of optimizer.paramGroups) group.lr = 0.25;
    optimizer.step();
    expect([first(a), first(b)]).toEqual([-0.25, 2.25]);
  });

  it("leaves no tensor behind in the scope of a step and survives its end", () => {
    using optimizer = new Adam([a, b], { lr: 0.1 });
    const counts: number[] = [];
    for (let step = 0; step < 3; step += 1) {
      using _scope = tensorScope();
      optimizer.zeroGrad();
      backward(tf.add(tf.sum(tf.square(a)), tf.sum(tf.square(b))));
      optimizer.step();
      _scope.close();
      counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    expect(first(a)).toBeLessThan(0.8);
  });

  it("forgets the gradients with zeroGrad", () => {
    using optimizer = new SGD([a]);
    grad(a, 1);
    optimizer.zeroGrad();
    expect(gradOf(a)).toBeNull();
    optimizer.step();
    expect(first(a)).toBe(1);
  });

  it("runs a closure first and returns its loss", () => {
    using optimizer = new SGD([a], { lr: 1 });
    using _scope = tensorScope();
    const loss = optimizer.step(() => {
      const value = tf.sum(tf.square(a));
      backward(value);
      return value;
    });
    expect(loss === undefined ? undefined : first(loss)).toBe(5);
    expect(first(a)).toBe(-1);
  });

  it("optimizes the variables of plain tfjs", () => {
    const variable = tf.variable(tf.tensor1d([1]));
    using optimizer = new AdamW([variable], { lr: 0.1, weightDecay: 0 });
    grad(variable, 3);
    optimizer.step();
    expect(first(variable)).toBeCloseTo(0.9, 6);
    setGrad(variable, null);
    variable.dispose();
  });

  it("optimizes the variables of a tf.LayersModel", () => {
    const model = layers.sequential({
      layers: [layers.layers.dense({ units: 1, inputShape: [2], kernelInitializer: "ones" })],
    });
    const module = fromLayersModel(model);
    using optimizer = new SGD(module.parameters(), { lr: 0.5 });
    {
      using _scope = tensorScope();
      backward(tf.sum(module.forward(tf.tensor2d([[1, 2]]))));
      optimizer.step();
    }
    expect(model.getWeights().map((weight) => [...weight.dataSync()])).toEqual([[0.5, 0], [-0.5]]);
    optimizer.zeroGrad();
    model.dispose();
  });

  it("adds a group later", () => {
    using optimizer = new SGD([a], { lr: 1 });
    optimizer.addParamGroup({ params: [b], lr: 2 });
    grad(b, 1);
    optimizer.step();
    expect(first(b)).toBe(1);
  });

  it.each<[string, () => unknown, string]>([
    ["no parameters", () => new SGD([]), "SGD got no parameters"],
    [
      "a method instead of what it returns",
      () => Reflect.construct(SGD, [function parameters() {}]),
      "Received the function parameters. Try: model.parameters(), with its parentheses.",
    ],
    [
      "the same parameter twice",
      () => new Adam([a, a]),
      "the same parameter twice: position 1 of group 0 is position 0 of group 0.",
    ],
    [
      "the same parameter in two groups",
      () => new Adam([{ params: [a] }, { params: [a] }]),
      "the same parameter twice",
    ],
    ["something else", () => new SGD(JSON.parse("[{}]")), "Received {} at position 0"],
    [
      "an unknown option",
      () => new Adam([a], JSON.parse('{"learningRate":1,"weight_decay":2}')),
      'Adam has no option "learningRate"',
    ],
    [
      "an unknown option of a group",
      () => new Adam(JSON.parse("[]").concat([{ params: [a], weight_decay: 1 }])),
      "Try: weightDecay",
    ],
    ["a negative rate", () => new SGD([a], { lr: -1 }), "SGD's lr is not usable"],
    ["NaN", () => new AdamW([a], { weightDecay: Number.NaN }), "AdamW's weightDecay is not usable"],
    ["a beta of 1", () => new Adam([a], { betas: [0.9, 1] }), "Expected a number from 0 to below 1. Received 1."],
    ["Nesterov without momentum", () => new SGD([a], { nesterov: true }), "needs a momentum and no dampening"],
    [
      "a parameter of an earlier group",
      () =>
        new Adam([
          { params: [["weight", a]] },
          {
            params: [
              ["bias", b],
              ["tied", a],
            ],
          },
        ]),
      'position 1 of group 1, "tied", is position 0 of group 0.',
    ],
    ["names for some", () => new SGD(JSON.parse("[]").concat([["weight", a], b])), "names for some of its parameters"],
    [
      "an implementation of PyTorch's",
      () => new SGD([a], JSON.parse('{"fused":true}')),
      "SGD has no fused: it chooses",
    ],
    [
      "one that PyTorch's optimizer does not have",
      () => new SGD([a], JSON.parse('{"capturable":false}')),
      'SGD has no option "capturable"',
    ],
    ["Rprop's factors the wrong way round", () => new Rprop([a], { etas: [1.2, 0.5] }), "Received 1.2, 0.5."],
    [
      "a vector for Muon",
      () => new Muon([["net.bias", a]]),
      'Expected parameters of two dimensions. Received [2], "net.bias".',
    ],
  ])("refuses %s", (_, make, message) => expect(make).toThrow(message));

  it("accepts what PyTorch's options say where they ask for nothing", () => {
    const neutral = { foreach: null, fused: false, capturable: false, differentiable: false } as const;
    using optimizer = new Adam([{ params: [a], ...neutral }, { params: [b] }], neutral);
    expect(optimizer.stateDict().param_groups[0]).toMatchObject({ foreach: null, weight_decay: 0, params: [0] });
    expect(Object.keys(optimizer.paramGroups[0] ?? {})).not.toContain("foreach");
  });

  it("keeps the names that parameters came with", () => {
    const named: readonly (readonly [string, Parameter])[] = [
      ["weight", a],
      ["bias", b],
    ];
    using optimizer = new Adam(named);
    expect(optimizer.paramGroups[0]?.paramNames).toEqual(["weight", "bias"]);
    expect(optimizer.stateDict().param_groups[0]?.["param_names"]).toEqual(["weight", "bias"]);
    expect(() => optimizer.addParamGroup({ params: [Parameter.fromData([1], [1])] })).toThrow("names for some");
  });
});

describe("loadStateDict", () => {
  const trained = (): OptimizerState => {
    using optimizer = new Adam([a, b], { lr: 0.3 });
    grad(a, 1);
    grad(b, 1);
    optimizer.step();
    const state = optimizer.stateDict();
    const entries = Object.entries(state.state).map(([number, entry]) => [
      number,
      Object.fromEntries(
        Object.entries(entry).map(([key, value]) => [key, value instanceof tf.Tensor ? value.bufferSync() : value]),
      ),
    ]);
    return { ...state, state: Object.fromEntries(entries) };
  };

  it("takes over the options, initial learning rates of schedulers included", () => {
    const state = trained();
    using optimizer = new Adam([a, b]);
    optimizer.loadStateDict({
      ...state,
      param_groups: [{ params: [0, 1], lr: 0.7, initial_lr: 0.9, betas: [0.5, 0.6], fused: true }],
    });
    expect(optimizer.paramGroups[0]).toMatchObject({ lr: 0.7, initialLr: 0.9, betas: [0.5, 0.6], eps: 1e-8 });
    expect(optimizer.paramGroups[0]?.params).toEqual([a, b]);
  });

  it("reads what earlier versions wrote", () => {
    const { state } = trained();
    using optimizer = new Adam([a, b]);
    optimizer.loadStateDict({ version: 1, state, paramGroups: [{ params: [0, 1], lr: 0.7, weightDecay: 0.1 }] });
    expect(optimizer.paramGroups[0]).toMatchObject({ lr: 0.7, weightDecay: 0.1 });
    expect(optimizer.state.get(a)?.step).toBe(1);
  });

  it("copies live tensors, so that both optimizers go their own way", () => {
    using source = new SGD([a], { lr: 1, momentum: 0.5 });
    grad(a, 1);
    source.step();
    using target = new SGD([b], { lr: 1, momentum: 0.5 });
    const other = Parameter.fromData([0, 0], [2]);
    using third = new SGD([other], { lr: 1, momentum: 0.5 });
    third.loadStateDict(source.stateDict());
    source.step();
    grad(other, 0);
    third.step();
    expect([...other.dataSync()]).toEqual([-0.5, -0.5]);
    expect(target.state.size).toBe(0);
    other.dispose();
  });

  it("accepts PyTorch's step as a tensor of one element", () => {
    const state = trained();
    const entry = { ...state.state["0"], step: tf.buffer([], "float32", Float32Array.of(4)) };
    using optimizer = new Adam([a, b]);
    optimizer.loadStateDict({ ...state, state: { 0: entry } });
    expect(optimizer.state.get(a)?.step).toBe(4);
  });

  it.each<[string, (state: OptimizerState) => object, string]>([
    ["another version", (state) => ({ version: 2, paramGroups: state.param_groups }), "unknown version"],
    [
      "another number of parameters",
      (state) => ({ ...state, param_groups: [{ params: [0] }] }),
      "Expected groups of 2 parameters. Received groups of 1 parameters.",
    ],
    [
      "a parameter that is not there",
      (state) => ({ ...state, state: { 7: {} } }),
      "Expected parameter numbers from 0 to 1. Received 7.",
    ],
    [
      "another shape",
      (state) => ({ ...state, state: { 1: state.state["0"] } }),
      "exp_avg of parameter 1. Expected float32 [1]. Received float32 [2].",
    ],
    ["a number instead of a tensor", (state) => ({ ...state, state: { 1: { exp_avg: 3 } } }), "Received a number."],
    [
      "a mean that is gone",
      (state) => {
        const { exp_avg: _, ...rest } = state.state["0"] ?? {};
        return { state: { 0: rest } };
      },
      "has no exp_avg for parameter 0. Expected step, exp_avg, exp_avg_sq.",
    ],
    ["a step that is gone", ({ state }) => ({ state: { 0: { ...state["0"], step: null } } }), "has no step"],
    [
      "NaN among its options",
      ({ param_groups }) => ({ param_groups: param_groups.map((group) => ({ ...group, betas: [0.9, Number.NaN] })) }),
      'option "betas" in group 0',
    ],
    [
      "NaN as a rate",
      ({ param_groups }) => ({ param_groups: param_groups.map((group) => ({ ...group, lr: Number.NaN })) }),
      'option "lr" in group 0',
    ],
    ["a broken step", (state) => ({ ...state, state: { 1: { step: 0.5 } } }), "no usable step"],
    [
      "another kind of option",
      (state) => ({ ...state, param_groups: [{ params: [0, 1], lr: "fast" }] }),
      'another kind of option "lr"',
    ],
    [
      "an option that does not exist",
      (state) => ({ ...state, param_groups: [{ params: [0, 1], shape: "square" }] }),
      'another kind of option "shape"',
    ],
  ])("refuses a state with %s and changes nothing", (_, spoil, message) => {
    using optimizer = new Adam([a, b], { lr: 0.1 });
    grad(a, 1);
    optimizer.step();
    const spoilt: OptimizerState = Object.assign(trained(), spoil(trained()));
    expect(() => optimizer.loadStateDict(spoilt)).toThrow(message);
    expect(optimizer.state.get(a)?.step).toBe(1);
    expect(optimizer.paramGroups[0]?.lr).toBe(0.1);
  });

  it("takes options of another version of PyTorch that ask for nothing, and no others", () => {
    using optimizer = new Adam([a, b], { lr: 0.1 });
    const state = optimizer.stateDict();
    const withOption = (value: unknown): OptimizerState => ({
      ...state,
      param_groups: state.param_groups.map((group) => ({ ...group, new_option: value })),
    });
    for (const value of [null, false]) {
      optimizer.loadStateDict(withOption(value));
      expect(optimizer.paramGroups[0]).not.toHaveProperty("newOption");
    }
    expect(() => optimizer.loadStateDict(withOption(true))).toThrow(/option "new_option"/);
  });

  it("tells Adam's states from AdamW's, and names both", () => {
    using adam = new Adam([a, b]);
    using adamW = new AdamW([a, b]);
    expect(() => adamW.loadStateDict(adam.stateDict())).toThrow(
      "The optimizer's state is one of Adam, and this is AdamW. Expected decoupled_weight_decay: true in group 0, as AdamW has. Received false, as Adam has.",
    );
    expect(() => adam.loadStateDict(adamW.stateDict())).toThrow("one of AdamW, and this is Adam");
    using decoupled = new Adam([a, b], { decoupledWeightDecay: true });
    decoupled.loadStateDict(adamW.stateDict());
    const { state, param_groups: groups } = adam.stateDict();
    adamW.loadStateDict({ state, param_groups: groups.map(({ decoupled_weight_decay: _, ...older }) => older) });
  });
});
