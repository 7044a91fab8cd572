import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { backward } from "../../../autograd/backward.js";
import { Parameter } from "../../../autograd/parameter.js";
import { backendsUnderTest } from "../../../backend/backends-under-test.js";
import { resolveBackend } from "../../../backend/resolve-backend.js";
import { SGD } from "../../../optim/sgd.js";
import { tensorScope } from "../../../tensor/tensor-scope.js";
import { tf } from "../../../tensor/tf.js";
import { Sequential } from "../../containers/sequential.js";
import { Conv2d } from "../../layers/convolution.js";
import { Linear } from "../../layers/linear.js";
import * as prune from "./index.js";

interface Recorded {
  readonly weights: Record<"linear" | "conv", number[]>;
  readonly inputs: Record<"linear" | "conv", number[]>;
  readonly mask: number[];
  readonly cases: {
    readonly kind: "linear" | "conv";
    readonly steps: [
      name: "l1Unstructured" | "lnStructured" | "customFromMask",
      options: { amount: number; n: number; dim: number },
    ][];
    readonly keys: string[];
    readonly mask: number[];
    readonly output: number[];
    readonly grad: number[];
    readonly removed: number[];
    readonly keysAfter: string[];
  }[];
}

/** What torch computed: tests/parity/record_prune.py. */
const recorded: Recorded = JSON.parse(readFileSync(new URL("./fixtures/prune.json", import.meta.url), "utf8"));

function makeLayer(kind: "linear" | "conv"): Linear | Conv2d {
  const layer = kind === "linear" ? new Linear(6, 4) : new Conv2d(3, 4, 2);
  layer.weight.setData(recorded.weights[kind]);
  layer.bias?.setData([0, 0, 0, 0]);
  return layer;
}

const inputOf = (kind: "linear" | "conv") =>
  tf.tensor(recorded.inputs[kind], kind === "linear" ? [2, 6] : [2, 3, 4, 4]);

function expectClose(actual: ArrayLike<number>, wanted: readonly number[]): void {
  expect(actual).toHaveLength(wanted.length);
  wanted.forEach((value, i) =>
    expect(Math.abs((actual[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value))),
  );
}

function maskOf(layer: object): number[] {
  const mask: unknown = Reflect.get(layer, "weight_mask");
  return mask instanceof tf.Tensor ? [...mask.dataSync()] : [];
}

const cases = (await backendsUnderTest()).flatMap((backend) => recorded.cases.map((one) => ({ backend, ...one })));

describe.each(cases)("$steps of a $kind layer on $backend", ({ backend, kind, steps, ...wanted }) => {
  beforeAll(async () => {
    await resolveBackend(backend);
  });

  it("has torch's masks, outputs and gradients, and is made permanent as there", () => {
    using _scope = tensorScope();
    const layer = makeLayer(kind);
    const parameter = layer.weight;
    for (const [name, options] of steps) {
      if (name === "customFromMask")
        prune.customFromMask(layer, "weight", { mask: tf.tensor2d(recorded.mask, [4, 6]) });
      else if (name === "l1Unstructured") prune.l1Unstructured(layer, "weight", options);
      else prune.lnStructured(layer, "weight", { ...options, n: Number(options.n) });
    }
    expect([...layer.stateDict().keys()].sort()).toEqual(wanted.keys);
    expect(maskOf(layer)).toEqual(wanted.mask);
    const output = layer.forward(inputOf(kind));
    expectClose(output.dataSync(), wanted.output);
    backward(tf.sum(tf.square(output)));
    expectClose(parameter.grad?.dataSync() ?? [], wanted.grad);
    expect(prune.isPruned(new Sequential(layer))).toBe(true);
    prune.remove(layer, "weight");
    expect(layer.weight).toBe(parameter);
    expectClose(layer.weight.dataSync(), wanted.removed);
    expect([...layer.stateDict().keys()].sort()).toEqual(wanted.keysAfter);
    expect(prune.isPruned(layer)).toBe(false);
    layer.dispose();
  });
});

describe("pruning", () => {
  beforeAll(async () => {
    await resolveBackend("cpu");
  });

  it("keeps pruned elements at zero while an optimizer that was made before trains on", () => {
    const layer = makeLayer("linear");
    using optimizer = new SGD(layer.parameters(), { lr: 0.1 });
    prune.l1Unstructured(layer, "weight", { amount: 10 });
    for (let step = 0; step < 3; step += 1) {
      using _scope = tensorScope();
      optimizer.zeroGrad();
      backward(tf.sum(tf.square(layer.forward(inputOf("linear")))));
      optimizer.step();
    }
    using _scope = tensorScope();
    expect([...layer.weight.dataSync()].filter((value) => value === 0)).toHaveLength(10);
    expect(layer.parameters()).toHaveLength(2);
    layer.dispose();
  });

  it("prunes at random as many as it should", () => {
    const layer = makeLayer("conv");
    prune.randomUnstructured(layer, "weight", { amount: 0.25 });
    expect(maskOf(layer).filter((kept) => kept === 0)).toHaveLength(12);
    prune.remove(layer, "weight");
    prune.randomStructured(layer, "weight", { amount: 1, dim: -4 });
    expect(maskOf(layer).filter((kept) => kept === 0)).toHaveLength(12);
    layer.dispose();
  });

  it("prunes several parameters together", () => {
    const [large, small] = [new Linear(2, 2), new Linear(2, 2)];
    large.weight.setData([5, 6, 7, 8]);
    small.weight.setData([1, 2, 3, 9]);
    prune.globalUnstructured(
      [
        [large, "weight"],
        [small, "weight"],
      ],
      { amount: 0.5 },
    );
    expect([maskOf(large), maskOf(small)]).toEqual([
      [0, 1, 1, 1],
      [0, 0, 0, 1],
    ]);
    prune.identity(large, "bias");
    expect([...large.stateDict().keys()].sort()).toEqual(["bias_mask", "bias_orig", "weight_mask", "weight_orig"]);
  });

  it.each<[string, (layer: Linear | Conv2d) => unknown, string]>([
    [
      "a name that is no parameter's",
      (layer) => prune.l1Unstructured(layer, "kernel", { amount: 1 }),
      'no parameter in a field "kernel"',
    ],
    [
      "more than there are",
      (layer) => prune.l1Unstructured(layer, "weight", { amount: 25 }),
      "a whole number from 0 to 24",
    ],
    ["a negative amount", (layer) => prune.l1Unstructured(layer, "weight", { amount: -1 }), "cannot prune this amount"],
    [
      "a dimension that is not there",
      (layer) => prune.lnStructured(layer, "weight", { amount: 1, n: 2, dim: 2 }),
      "a dimension of [4, 6]",
    ],
    ["channels of a vector", (layer) => prune.lnStructured(layer, "bias", { amount: 1, n: 2, dim: 0 }), "at least two"],
    [
      "a mask of another shape",
      (layer) => prune.customFromMask(layer, "weight", { mask: tf.ones([2]) }),
      "The mask does not fit",
    ],
    ["the removal of what is not there", (layer) => prune.remove(layer, "weight"), '"weight" of Linear is not pruned'],
  ])("refuses %s and changes nothing", (_, spoil, message) => {
    const layer = makeLayer("linear");
    expect(() => spoil(layer)).toThrow(message);
    expect(layer.weight).toBeInstanceOf(Parameter);
    expect([...layer.stateDict().keys()].sort()).toEqual(["bias", "weight"]);
  });

  it("takes an amount by its place, and refuses options that there are not", () => {
    const layer = (): Linear => new Linear(4, 4);
    expect(prune.isPruned(prune.l1Unstructured(layer(), "weight", 0.5))).toBe(true);
    const unknown = { amount: 0.5, surelyNoOption: 1, n: 2, dim: 0, mask: tf.ones([4, 4]) };
    const { l1Unstructured, randomUnstructured, lnStructured, randomStructured, customFromMask } = prune;
    for (const run of [l1Unstructured, randomUnstructured, lnStructured, randomStructured, customFromMask])
      expect(() => run(layer(), "weight", unknown), run.name).toThrow(`${run.name} has no option`);
    const all: [Linear, string][] = [[layer(), "weight"]];
    expect(() => prune.globalUnstructured(all, unknown)).toThrow(/globalUnstructured has no option "surelyNoOption"/);
  });
});
