import { nn, Parameter, resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { permanentState } from "./permanent-state.js";
import { findFields, hostOf, maskOf, originalOf, pruneBy, putMask } from "./pruned-fields.js";
import type { PrunedField, PruningInput } from "./pruning-options.js";
import { resample } from "./reset-values.js";
import { describeSparsity, sparsityOf } from "./sparsity.js";

beforeAll(() => resolveBackend("cpu"));

/** A layer whose values are known. */
function linear(weight: readonly number[] = [1, -2, 3, -4], bias: readonly number[] = [5, 6]): nn.Linear {
  const layer = new nn.Linear(2, 2);
  layer.weight.setData(weight);
  layer.bias?.setData(bias);
  return layer;
}

const pruned = (layer: nn.Module, mask: readonly number[], name = "weight"): PrunedField => {
  putMask([layer, name], mask);
  return [layer, name];
};

function failureOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe("the fields that are pruned", () => {
  const [first, norm, second] = [linear(), new nn.BatchNorm1d(2), linear()];
  class Net extends LightningModule {
    readonly whole = new nn.Sequential(first, norm);
    readonly list = new nn.ModuleList([second]);
    readonly byName = new nn.ModuleDict({ act: new nn.ReLU() });
    readonly bias = Parameter.fromData([1], [1]);
  }
  const names = (fields: readonly PrunedField[]) =>
    fields.map(([layer, name]) => `${[first, norm, second].indexOf(Object(layer))}.${name}`);

  it("are weights and biases of layers, all weights first, and not those of what holds layers", () => {
    const all = ["0.weight", "1.weight", "2.weight", "0.bias", "1.bias", "2.bias"];
    expect(names(findFields(new Net(), { pruningFn: "l1_unstructured" }))).toEqual(all);
    const none = findFields(new Net(), { pruningFn: "l1_unstructured", parametersToPrune: [] });
    expect(names(none)).toEqual(all);
    const biases = findFields(new Net(), { pruningFn: "l1_unstructured", parameterNames: ["bias"] });
    expect(names(biases)).toEqual(["0.bias", "1.bias", "2.bias"]);
  });

  it("are not those of what only holds layers, whatever fields it has", () => {
    const holders = [new nn.Sequential(), new nn.ModuleList([]), new nn.ModuleDict({})];
    for (const holder of holders) {
      Object.assign(holder, { bias: Parameter.fromData([1], [1]) });
      expect(findFields(holder, { pruningFn: "l1_unstructured" })).toEqual([]);
    }
  });

  it("have no mask where something else is called like one", () => {
    const layer = Object.assign(linear(), { weight_mask: "no buffer" });
    expect(maskOf([layer, "weight"])).toBeUndefined();
  });

  it("are found behind their masks", () => {
    const layer = linear();
    pruned(layer, [0, 1, 1, 1]);
    expect(findFields(layer, { pruningFn: "l1_unstructured" })).toEqual([
      [layer, "weight"],
      [layer, "bias"],
    ]);
  });

  it("are those that were named, where all of them are there", () => {
    const parametersToPrune: readonly PrunedField[] = [
      [second, "bias"],
      [first, "weight"],
    ];
    const found = findFields(new Net(), { pruningFn: "l1_unstructured", parametersToPrune });
    expect(names(found)).toEqual(["2.bias", "0.weight"]);
    const failure = failureOf(() =>
      findFields(new Net(), {
        pruningFn: "l1_unstructured",
        parametersToPrune: [
          [linear(), "weight"],
          [first, "weight"],
          [first, "forward"],
        ],
      }),
    );
    expect(String(failure)).toBe(
      "MisconfigurationError: ModelPruning was given parameters that are not in the model. Expected pairs of one of its layers and the name of a field that holds a parameter. Received Linear.weight, Linear.forward.",
    );
  });

  it("have a parameter, a mask once they are pruned, and their values on the host", () => {
    const layer = linear();
    expect([maskOf([layer, "weight"]), originalOf([layer, "nothing"])]).toEqual([undefined, undefined]);
    expect(originalOf([layer, "weight"])).toBe(layer.weight);
    expect(hostOf([layer, "weight"])).toEqual({
      values: Float32Array.of(1, -2, 3, -4),
      mask: Float32Array.of(1, 1, 1, 1),
    });
    expect(hostOf([layer, "nothing"])).toEqual({ values: new Float32Array(), mask: new Float32Array() });
    const original = layer.weight;
    const field = pruned(layer, [1, 0, 1, 0]);
    expect(originalOf(field)).toBe(original);
    expect(hostOf(field)).toEqual({ values: Float32Array.of(1, -2, 3, -4), mask: Float32Array.of(1, 0, 1, 0) });
    pruned(layer, [0, 1, 1, 1]);
    const before = tf.memory().numTensors;
    pruned(layer, [0, 1, 1, 1]);
    expect(tf.memory().numTensors).toBe(before);
    expect(hostOf(field).mask).toEqual(Float32Array.of(0, 0, 1, 0));
  });
});

describe("a way of pruning of one's own", () => {
  const inputs: PruningInput[] = [];
  const dropFirst = (input: PruningInput) => {
    inputs.push(input);
    return input.mask.map((kept, i) => (i === 0 ? 0 : kept));
  };
  const fieldsOf = (layer: nn.Module): PrunedField[] => [
    [layer, "weight"],
    [layer, "bias"],
  ];

  it("is asked for each field with its shape, its values and its mask", () => {
    inputs.length = 0;
    const layer = linear();
    pruned(layer, [1, 1, 1, 0]);
    pruneBy(dropFirst, fieldsOf(layer), 0.5, false);
    expect(inputs.map(({ shape, amount }) => [shape, amount])).toEqual([
      [[2, 2], 0.5],
      [[2], 0.5],
    ]);
    expect(inputs.map(({ values }) => [...values])).toEqual([
      [1, -2, 3, -4],
      [5, 6],
    ]);
    expect(inputs.map(({ mask }) => [...mask])).toEqual([
      [1, 1, 1, 0],
      [1, 1],
    ]);
    expect(fieldsOf(layer).map((field) => [...hostOf(field).mask])).toEqual([
      [0, 1, 1, 0],
      [0, 1],
    ]);
  });

  it("is asked once for all fields together, and gives each its part", () => {
    inputs.length = 0;
    const layer = linear();
    pruned(layer, [1, 1, 1, 0]);
    pruneBy(dropFirst, fieldsOf(layer), 2, true);
    expect(inputs).toEqual([
      { values: Float32Array.of(1, -2, 3, -4, 5, 6), mask: Float32Array.of(1, 1, 1, 0, 1, 1), shape: [6], amount: 2 },
    ]);
    expect(fieldsOf(layer).map((field) => [...hostOf(field).mask])).toEqual([
      [0, 1, 1, 0],
      [1, 1],
    ]);
    pruneBy(() => [1, 1, 1, 1, 0, 1], fieldsOf(layer), 2, true);
    expect([...hostOf([layer, "bias"]).mask]).toEqual([0, 1]);
  });

  it.each<[unknown, boolean, string]>([
    [[1, 0], false, "Expected 4 numbers. Received 2 numbers"],
    [[1, 0], true, "Expected 6 numbers. Received 2 numbers"],
    ["110011", true, "Expected 6 numbers. Received string"],
    [undefined, false, "Expected 4 numbers. Received undefined"],
  ])("may not answer %o (together: %s)", (answer, together, message) => {
    const failure = failureOf(() => pruneBy(() => answer as never, fieldsOf(linear()), 1, together));
    expect(String(failure)).toContain("The pruningFn of ModelPruning gave no mask that fits.");
    expect(String(failure)).toContain(message);
  });
});

describe("a state without masks", () => {
  const values = (state: unknown) =>
    Object.fromEntries(
      Object.entries(Object(state)).map(([name, tensor]: [string, unknown]) => {
        const { shape, values: held }: tf.TensorBuffer<tf.Rank> = Object(tensor);
        if (held === undefined) return [name, "as it was"];
        expect(Object(tensor).dtype).toBe("float32");
        return [name, [shape, [...held]]];
      }),
    );
  const state = {
    "a.weight_orig": tf.tensor2d([[1, 2, 3]]),
    "a.weight_mask": tf.tensor2d([[1, 0, 0.5]]),
    "a.bias": tf.tensor1d([4]),
    b_mask: tf.tensor1d([1]),
    c_orig: tf.tensor1d([1]),
    d_mask: "no tensor",
    d_orig: tf.tensor1d([1]),
  };

  it.each<[string, unknown]>([
    ["a map", new Map<string, unknown>(Object.entries(state))],
    ["an object", state],
  ])("has zeros in their place, and everything else as it was, of %s", (_kind, given) => {
    expect(values(permanentState(given))).toEqual({
      "a.weight": [
        [1, 3],
        [1, 0, 1.5],
      ],
      "a.bias": "as it was",
      b_mask: "as it was",
      c_orig: "as it was",
      d_mask: "as it was",
      d_orig: "as it was",
    });
  });

  it("of nothing is empty", () => {
    expect(permanentState(undefined)).toEqual({});
  });
});

describe("values that are drawn anew", () => {
  const within = (field: PrunedField) => {
    const { values } = hostOf(field);
    return Math.max(...values.map(Math.abs));
  };

  it("have the bounds of their layer, by its inputs", () => {
    const wide = new nn.Linear(100, 50);
    const channels = new nn.Conv2d(4, 8, 5);
    for (const layer of [wide, channels])
      for (const name of ["weight", "bias"]) {
        originalOf([layer, name])?.setData(new Float32Array(originalOf([layer, name])?.size ?? 0).fill(9));
        expect(resample([layer, name])).toBe(true);
        expect(within([layer, name])).toBeLessThanOrEqual(0.1);
        expect(within([layer, name])).toBeGreaterThan(0.05);
      }
  });

  it("are ones and zeros in norms, behind a mask too", () => {
    const norm = new nn.LayerNorm(2);
    norm.weight?.setData([7, 8]);
    norm.bias?.setData([7, 8]);
    pruned(norm, [0, 1]);
    expect([resample([norm, "weight"]), resample([norm, "bias"])]).toEqual([true, true]);
    expect([...hostOf([norm, "weight"]).values, ...hostOf([norm, "bias"]).values]).toEqual([1, 1, 0, 0]);
  });

  it("are not drawn where nobody knows how", () => {
    const embedding = new nn.Embedding(2, 2);
    const before = [...hostOf([embedding, "weight"]).values];
    expect([resample([embedding, "weight"]), resample([linear(), "nothing"])]).toEqual([false, false]);
    expect([...hostOf([embedding, "weight"]).values]).toEqual(before);
    const without = new nn.Linear(2, 2, { bias: false });
    expect(resample([without, "bias"])).toBe(false);
  });
});

describe("how sparse a model is", () => {
  it("is counted by masks, and not by values that are zero by themselves", () => {
    const layer = linear([0, 0, 3, 4]);
    expect([sparsityOf([layer, "weight"]), sparsityOf([layer, "nothing"])]).toEqual([
      { zeros: 0, total: 4 },
      { zeros: 0, total: 0 },
    ]);
    expect(sparsityOf(pruned(layer, [1, 1, 0, 1]))).toEqual({ zeros: 1, total: 4 });
  });

  it("is said of all parameters, and of each where that is wanted", () => {
    const layer = linear();
    const fields: PrunedField[] = [pruned(layer, [0, 0, 0, 1]), [layer, "bias"]];
    const before = [
      { zeros: 1, total: 4 },
      { zeros: 0, total: 2 },
    ];
    const lines = (verbose: 1 | 2, pruningFn: Parameters<typeof describeSparsity>[2]["pruningFn"], together = true) =>
      describeSparsity(fields, before, { pruningFn, useGlobalUnstructured: together, amount: 0.5, verbose });
    const all = "Pruned: 1/6 (16.67%) -> 3/6 (50.00%)";
    expect(lines(1, "l1_unstructured")).toEqual([`Applied \`L1Unstructured\`. ${all}`]);
    expect(lines(1, "random_unstructured")).toEqual([`Applied \`RandomUnstructured\`. ${all}`]);
    expect(lines(1, "l1_unstructured", false)).toEqual([`Applied \`l1_unstructured\`. ${all}`]);
    expect(lines(1, "ln_structured", false)).toEqual([`Applied \`ln_structured\`. ${all}`]);
    const [, ...each] = lines(2, function byHand({ mask }) {
      return mask;
    });
    expect(each).toEqual([
      `Applied \`byHand\` to \`${String(layer)}.weight\` with amount=0.5. Pruned: 1 (25.00%) -> 3 (75.00%)`,
      `Applied \`byHand\` to \`${String(layer)}.bias\` with amount=0.5. Pruned: 0 (0.00%) -> 0 (0.00%)`,
    ]);
    expect(lines(1, ({ mask }) => mask)).toEqual([`Applied \`pruningFn\`. ${all}`]);
  });

  it("is 0 % where there is nothing, and together by default", () => {
    expect(describeSparsity([], [], { pruningFn: "l1_unstructured", amount: 1, verbose: 1 })).toEqual([
      "Applied `L1Unstructured`. Pruned: 0/0 (0.00%) -> 0/0 (0.00%)",
    ]);
    expect(
      describeSparsity([[linear(), "bias"]], [], { pruningFn: "l1_unstructured", amount: 1, verbose: 2 })[1],
    ).toContain("Pruned: 0 (0.00%) -> 0 (0.00%)");
  });
});
