import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { grad } from "../autograd/grad.js";
import { Buffer, Parameter } from "../autograd/parameter.js";
import { resolveBackend } from "../backend/resolve-backend.js";
import { tensorScope, type TensorScope } from "../tensor/tensor-scope.js";
import { tf } from "../tensor/tf.js";
import { functionalCall } from "./functional-call.js";
import * as nn from "./index.js";

interface Recorded {
  readonly shape: number[];
  readonly values: number[];
}
type Named = Readonly<Record<string, Recorded>>;

interface Fixture {
  readonly cases: readonly {
    readonly module: string;
    readonly training: boolean;
    readonly state: Named;
    readonly given: Named;
    readonly inputs: readonly Recorded[];
    readonly output: Recorded;
    readonly gradients: Named;
  }[];
  readonly adapted: {
    readonly state: Named;
    readonly data: readonly Recorded[];
    readonly losses: readonly number[];
    readonly meta: number;
    readonly gradients: Named;
  };
  readonly tied: {
    readonly state: Named;
    readonly x: Recorded;
    readonly weight: Recorded;
    readonly tied: Recorded;
    readonly apart: Recorded;
  };
}

/** What PyTorch gave: `tests/parity/record_functional_call.py`. */
const recorded: Fixture = JSON.parse(readFileSync(new URL("fixtures/functional-call.json", import.meta.url), "utf8"));

const tensorOf = ({ shape, values }: Recorded) => tf.tensor(values, shape, "float32");
function of(named: Named, name: string): Recorded {
  const found = named[name];
  if (found === undefined) throw new Error(`nothing recorded for ${name}`);
  return found;
}
const tensorsOf = (named: Named) => Object.fromEntries(Object.entries(named).map(([key, x]) => [key, tensorOf(x)]));

/** Sums of a few hundred float32 in another order than PyTorch's, beside the largest of them. */
function expectClose(actual: tf.Tensor | null | undefined, expected: Recorded, what: string): void {
  expect(actual?.shape, what).toEqual(expected.shape);
  const values = actual?.dataSync() ?? [];
  const largest = Math.max(1, ...expected.values.map(Math.abs));
  expected.values.forEach((value, i) => {
    const error = Math.abs((values[i] ?? Number.NaN) - value);
    expect(error, `${what}[${i}]: ${values[i]} for ${value}`).toBeLessThan(1e-5 * largest);
  });
}

const MODULES: Readonly<Record<string, () => nn.Module>> = {
  linear: () => new nn.Sequential(new nn.Linear(3, 4), new nn.ReLU(), new nn.Linear(4, 2)),
  convolution: () =>
    new nn.Sequential(
      new nn.Conv2d(2, 3, 3),
      new nn.BatchNorm2d(3),
      new nn.ReLU(),
      new nn.Flatten(),
      new nn.LayerNorm(48),
    ),
  gru: () => new nn.GRU(3, 4, { numLayers: 2, bidirectional: true }),
  attention: () => new nn.MultiheadAttention(4, 2),
};

describe.each(["cpu", "onnxruntime"])("on %s, a module with other tensors", (backend) => {
  let scope: TensorScope;
  beforeEach(async () => {
    await resolveBackend(backend);
    scope = tensorScope();
  });
  afterEach(() => scope.close());

  it.each(recorded.cases)("gives PyTorch's numbers and gradients: $module, training $training", (one) => {
    const module = MODULES[one.module]?.() ?? new nn.Identity();
    module.loadStateDict(one.state);
    module.train(one.training);
    const given = tensorsOf(one.given);
    const result: unknown = functionalCall(module, given, one.inputs.map(tensorOf) as never[]);
    const output = Array.isArray(result) ? result[0] : result;
    if (!(output instanceof tf.Tensor)) throw new Error("no tensor");
    expectClose(output, one.output, "output");
    const names = Object.keys(one.gradients);
    const gradients = grad(
      tf.sum(tf.square(output)),
      names.flatMap((name) => given[name] ?? []),
    );
    names.forEach((name, i) => expectClose(gradients[i], of(one.gradients, name), name));
    for (const [name, tensor] of module.stateDict())
      if (!/running|tracked/.test(name)) expectClose(tensor, of(one.state, name), name);
    module.dispose();
  });

  it("lets gradients flow through the steps of an inner loop, as MAML does", () => {
    const { state, data, losses, meta, gradients } = recorded.adapted;
    const net = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2));
    net.loadStateDict(state);
    const [x, y, u, v] = data.map(tensorOf);
    if (x === undefined || y === undefined || u === undefined || v === undefined) throw new Error("no data");
    let fast: Record<string, tf.Tensor> = Object.fromEntries(net.namedParameters());
    for (const expected of losses) {
      const loss = nn.functional.mseLoss(functionalCall(net, fast, x), y);
      expect(loss.dataSync()[0]).toBeCloseTo(expected, 5);
      const slopes = grad(loss, Object.values(fast), { createGraph: true });
      fast = Object.fromEntries(
        Object.entries(fast).map(([name, w], i) => [name, tf.sub(w, tf.mul(slopes[i] ?? 0, 0.4))]),
      );
    }
    const outer = nn.functional.mseLoss(functionalCall(net, fast, [u]), v);
    expect(outer.dataSync()[0]).toBeCloseTo(meta, 5);
    const found = grad(outer, net.parameters());
    net.namedParameters().forEach(([name], i) => expectClose(found[i], of(gradients, name), name));
    net.dispose();
  });
});

class Tied extends nn.Module {
  readonly first = new nn.Linear(3, 3);
  readonly second = new nn.Linear(3, 3);

  constructor() {
    super();
    this.second.weight = this.first.weight;
  }
  override forward(x: tf.Tensor): tf.Tensor {
    return this.second.forward(tf.tanh(this.first.forward(x)));
  }
}

describe("functionalCall", () => {
  let scope: TensorScope;
  beforeEach(async () => {
    await resolveBackend("cpu");
    scope = tensorScope();
  });
  afterEach(() => scope.close());

  it("replaces a parameter under all its names, or under one", () => {
    const { state, x, weight, tied, apart } = recorded.tied;
    const net = new Tied();
    net.loadStateDict(state);
    const given = { "first.weight": tensorOf(weight) };
    expectClose(functionalCall(net, given, tensorOf(x)), tied, "tied");
    expectClose(functionalCall(net, given, tensorOf(x), { tieWeights: false }), apart, "apart");
    const two = { ...given, "second.weight": tf.ones([3, 3]) };
    expect(() => functionalCall(net, two, tensorOf(x))).toThrow(/two tensors for one parameter.*tieWeights: false/s);
    expect(functionalCall(net, two, tensorOf(x), { tieWeights: false }).shape).toEqual([2, 3]);
  });

  it("puts everything back, also where one tensor takes two places, places are exchanged, or forward throws", () => {
    class Pair extends nn.Module {
      a = Parameter.fromData([1], [1]);
      b = Parameter.fromData([10], [1]);
      readonly list = new nn.ParameterList([tf.tensor1d([100])]);
      readonly dict = new nn.ParameterDict({ c: tf.tensor1d([1000]) });
      override forward(x: tf.Tensor): number {
        if (x.size > 1) throw new Error("wanted");
        const parts = [this.a, tf.mul(this.b, 2), this.list.at(0) ?? x, this.dict.get("c") ?? x];
        return tf.addN(parts).dataSync()[0] ?? Number.NaN;
      }
    }
    const pair = new Pair();
    const { a, b } = pair;
    const [x, five] = [tf.ones([1]), tf.tensor1d([5])];
    const call = (tensors: Record<string, tf.Tensor>, input = x) => functionalCall(pair, tensors, input);
    expect(call({ a: five, b: five })).toBe(1115);
    expect(call({ a: b, b: a })).toBe(1112);
    expect(call({ "list.0": five, "dict.c": five })).toBe(31);
    expect(() => call({ a: five, "list.0": five }, tf.ones([2]))).toThrow("wanted");
    expect([pair.a, pair.b]).toEqual([a, b]);
    expect(pair.forward(x)).toBe(1121);
    expect(functionalCall(pair, [{ a: five }, new Map([["b", five]])], [x])).toBe(1115);
  });

  it("changes buffers that are given as buffers, and refuses tensors in their place", () => {
    const norm = new nn.BatchNorm1d(2);
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const mean = Buffer.fromData([1, 1], [2]);
    functionalCall(norm, { running_mean: mean }, x);
    expect(mean.dataSync()[0]).toBeCloseTo(1.1, 6);
    expect([...(norm.runningMean?.dataSync() ?? [])]).toEqual([0, 0]);
    expect(() => functionalCall(norm, { running_mean: tf.ones([2]) }, x)).toThrow(/Expected buffers.*eval\(\) first/s);
  });

  it("says what is wrong with names and tensors", () => {
    const layer = new nn.Linear(2, 1);
    const x = tf.ones([1, 2]);
    const { weight } = layer;
    expect(() => functionalCall(layer, { wieght: weight }, x)).toThrow(/"wieght".*Try: "weight"/s);
    expect(() => functionalCall(layer, { weight: Object([1, 2]) }, x)).toThrow(/needs a tensor for "weight"/);
    expect(() => functionalCall(layer, [{ weight }, { weight }], x)).toThrow(/a name twice/);
    expect(() => functionalCall(layer, { weight }, x, { strict: true })).toThrow(/Expected bias too/);
    expect(functionalCall(layer, layer.stateDict(), x, { strict: true }).shape).toEqual([1, 1]);
    expect(() => functionalCall(layer, { weight }, x, Object({ tie: true }))).toThrow(/no option "tie"/);
    class Late extends nn.Module {
      readonly #hidden = this.registerParameter("hidden", Parameter.fromData([1], [1]));
      override async forward(y: tf.Tensor) {
        return tf.mul(y, this.#hidden);
      }
    }
    expect(() => functionalCall(new Late(), {}, x)).toThrow(/Late.forward returned a promise/);
    expect(() => functionalCall(new Late(), { hidden: x }, x)).toThrow(/cannot replace "hidden".*begin with #/s);
  });
});
