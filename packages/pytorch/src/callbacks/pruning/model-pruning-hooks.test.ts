import { resolveBackend, tf } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import { ModelPruning } from "./model-pruning.js";
import { hostOf, maskOf } from "./pruned-fields.js";
import type { ModelPruningOptions } from "./pruning-options.js";
import { begin, failureOf, L1, Net, plainTrainer } from "./pruning-under-test.js";

beforeAll(() => resolveBackend("cpu"));

describe("pruning", () => {
  it.each<[Partial<ModelPruningOptions>, readonly (readonly number[] | undefined)[]]>([
    [
      {},
      [
        [0, 0, 1, 1],
        [1, 0],
      ],
    ],
    [
      { amount: 2 },
      [
        [0, 1, 1, 1],
        [1, 0],
      ],
    ],
    [{ amount: 0.25, parameterNames: ["weight"] }, [[0, 1, 1, 1], undefined]],
    [
      { amount: 1, useGlobalUnstructured: false },
      [
        [0, 1, 1, 1],
        [1, 0],
      ],
    ],
    [
      {
        pruningFn: "ln_structured",
        pruningDim: 0,
        pruningNorm: 1,
        amount: 1,
        useGlobalUnstructured: false,
        parameterNames: ["weight"],
      },
      [[0, 0, 1, 1], undefined],
    ],
    [
      {
        pruningFn: "ln_structured",
        pruningDim: 1,
        pruningNorm: 2,
        amount: 1,
        useGlobalUnstructured: false,
        parameterNames: ["weight"],
      },
      [[0, 1, 0, 1], undefined],
    ],
    [
      { pruningFn: ({ mask }) => mask.map((_, i) => i % 2), amount: 1 },
      [
        [0, 1, 0, 1],
        [0, 1],
      ],
    ],
    [
      { pruningFn: ({ mask }) => mask.map((_, i) => (i === 0 ? 0 : 1)), useGlobalUnstructured: false },
      [
        [0, 1, 1, 1],
        [0, 1],
      ],
    ],
  ])("with %o hides what it says", (options, expected) => {
    const { pruning, trainer, masks } = begin(options);
    pruning.onTrainEpochEnd(trainer);
    expect(masks()).toEqual(expected);
  });

  it.each(["random_unstructured", "random_structured"] as const)("%s hides half of each", (pruningFn) => {
    for (const useGlobalUnstructured of pruningFn === "random_unstructured" ? [true, false] : [false]) {
      const { pruning, trainer, net } = begin({
        ...{ pruningFn, useGlobalUnstructured, pruningDim: 0, amount: 0.5, parameterNames: ["weight"] },
      });
      pruning.onTrainEpochEnd(trainer);
      const { mask } = hostOf(net.weight);
      expect(mask.filter((kept) => kept === 0)).toHaveLength(2);
      if (pruningFn === "random_structured") expect([mask[0], mask[2]]).toEqual([mask[1], mask[3]]);
    }
  });

  it("has the norm of the order and of the dimension that it was given", () => {
    const wide = [3, 3, 0, 5];
    for (const [pruningNorm, expected] of [
      [1, [1, 1, 0, 0]],
      [Number.POSITIVE_INFINITY, [0, 0, 1, 1]],
    ] as const) {
      const { net, pruning, trainer, masks } = begin({
        ...{ pruningFn: "ln_structured", pruningDim: 0, pruningNorm, amount: 1, useGlobalUnstructured: false },
        parameterNames: ["weight"],
      });
      net.layer.weight.setData(wide);
      pruning.onTrainEpochEnd(trainer);
      expect(masks()[0]).toEqual(expected);
    }
  });

  it("hides one value at random of each parameter, or a whole channel", () => {
    const zeros = (pruningFn: "random_unstructured" | "random_structured") => {
      const { pruning, trainer, net } = begin({
        ...{ pruningFn, useGlobalUnstructured: false, pruningDim: 0, amount: 1, parameterNames: ["weight"] },
      });
      pruning.onTrainEpochEnd(trainer);
      return hostOf(net.weight).mask.join("");
    };
    const seen = { values: new Set<string>(), channels: new Set<string>() };
    for (let turn = 0; turn < 40; turn += 1) {
      seen.values.add(zeros("random_unstructured"));
      seen.channels.add(zeros("random_structured"));
    }
    expect([...seen.values].every((mask) => mask.replaceAll("1", "") === "0")).toBe(true);
    expect(seen.values.size).toBeGreaterThan(1);
    expect([...seen.channels].toSorted()).toEqual(["0011", "1100"]);
  });

  it("draws over all parameters together where that is asked for, and does not measure", () => {
    const seen = new Set<string>();
    for (let turn = 0; turn < 20; turn += 1) {
      const { pruning, trainer, masks } = begin({ pruningFn: "random_unstructured" });
      pruning.onTrainEpochEnd(trainer);
      seen.add(JSON.stringify(masks()));
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  it("comes after training epochs, or after validation in a fit that is no check", () => {
    const after = begin();
    after.pruning.onValidationEpochEnd(after.trainer);
    expect(after.masks()).toEqual([undefined, undefined]);
    for (const fields of [{ stage: "validate" }, { sanityChecking: true }, {}]) {
      const { pruning, trainer, masks } = begin({ pruneOnTrainEpochEnd: false }, fields);
      pruning.onTrainEpochEnd(trainer);
      expect(masks()).toEqual([undefined, undefined]);
      pruning.onValidationEpochEnd(trainer);
      expect(masks()[0] !== undefined).toBe(Object.keys(fields).length === 0);
    }
  });

  it.each<[Partial<ModelPruningOptions>]>([
    [{ applyPruning: false }],
    [{ applyPruning: (epoch) => epoch === 3 }],
    [{ amount: 0 }],
    [{ amount: (epoch) => epoch }],
  ])("prunes nothing in epoch 0 with %o", (options) => {
    const { pruning, trainer, masks, said } = begin({ verbose: 2, ...options });
    pruning.onTrainEpochEnd(trainer);
    expect([masks(), said]).toEqual([[undefined, undefined], []]);
    Object.assign(trainer, { currentEpoch: 3 });
    pruning.onTrainEpochEnd(trainer);
    expect(masks()[0] === undefined).toBe(options.applyPruning === false || options.amount === 0);
  });

  it("refuses an amount of a function that is none", () => {
    const { pruning, trainer } = begin({ amount: () => 1.5 });
    expect(failureOf(() => pruning.onTrainEpochEnd(trainer))).toContain("ModelPruning cannot use this amount.");
    expect(failureOf(() => pruning.onTrainEpochEnd(trainer))).toContain(
      "a whole number of at least 0, or a part from 0 to 1",
    );
  });

  it("says as much as it is asked to", () => {
    for (const [verbose, lines] of [
      [undefined, 0],
      [0, 0],
      [1, 1],
      [2, 3],
    ] as const) {
      const { pruning, trainer, said } = begin({ verbose });
      pruning.onTrainEpochEnd(trainer);
      expect(said).toHaveLength(lines);
      if (lines > 0) expect(said[0]).toBe("Applied `L1Unstructured`. Pruned: 0/6 (0.00%) -> 3/6 (50.00%)");
    }
  });
});

describe("the lottery ticket hypothesis", () => {
  const values = (net: Net) => [...hostOf(net.weight).values];
  const train = (options: Partial<ModelPruningOptions>, epoch = 0) => {
    const under = begin({ useLotteryTicketHypothesis: true, ...options });
    under.net.layer.weight.setData([10, 20, 30, 40]);
    Object.assign(under.trainer, { currentEpoch: epoch });
    under.pruning.onTrainEpochEnd(under.trainer);
    return values(under.net);
  };

  it("takes values back to the first ones, unless it is off", () => {
    expect(train({})).toEqual([1, -2, 3, -4]);
    expect(train({ useLotteryTicketHypothesis: undefined })).toEqual([1, -2, 3, -4]);
    expect(train({ useLotteryTicketHypothesis: false })).toEqual([10, 20, 30, 40]);
    const first = { useLotteryTicketHypothesis: (epoch: number) => epoch === 1 };
    expect([train(first), train(first, 1)]).toEqual([
      [10, 20, 30, 40],
      [1, -2, 3, -4],
    ]);
  });

  it("may draw new values instead", () => {
    const drawn = train({ resampleParameters: true });
    for (const value of drawn) expect(Math.abs(value)).toBeLessThanOrEqual(1 / Math.sqrt(2));
    expect(drawn).not.toEqual([1, -2, 3, -4]);
    expect(train({ resampleParameters: false })).toEqual([1, -2, 3, -4]);
  });
});

describe("masks", () => {
  it("are zeros when training ends, unless they are to stay", () => {
    for (const makePruningPermanent of [undefined, true, false]) {
      const { pruning, trainer, net, masks } = begin({ makePruningPermanent, parameterNames: ["weight"] });
      pruning.onTrainEpochEnd(trainer);
      pruning.onTrainEnd();
      expect(masks()[0] === undefined).toBe(makePruningPermanent !== false);
      if (makePruningPermanent !== false)
        expect(Array.from(net.layer.weight.dataSync(), (value) => value + 0)).toEqual([0, 0, 3, -4]);
    }
    const unpruned = begin();
    unpruned.pruning.onTrainEnd();
    expect([...unpruned.net.layer.weight.dataSync()]).toEqual([1, -2, 3, -4]);
  });

  it("that are to stay are there from the beginning of a fit, and only of one", () => {
    const { masks } = begin({ makePruningPermanent: false });
    expect(masks()).toEqual([
      [1, 1, 1, 1],
      [1, 1],
    ]);
    const net = new Net();
    const pruning = new ModelPruning({ ...L1, makePruningPermanent: false });
    pruning.setup(plainTrainer().trainer, net, "test");
    expect(maskOf(net.weight)).toBeUndefined();
  });

  it("are zeros in checkpoints, unless they are to stay", () => {
    const state_dict = { w_orig: tf.tensor1d([2, 3]), w_mask: tf.tensor1d([0, 1]) };
    for (const makePruningPermanent of [undefined, false]) {
      const { pruning, trainer, net } = begin({ makePruningPermanent });
      const checkpoint: Record<string, unknown> = { state_dict };
      pruning.onSaveCheckpoint(trainer, net, Object(checkpoint));
      expect(Object.keys(Object(checkpoint["state_dict"]))).toEqual(
        makePruningPermanent === false ? ["w_orig", "w_mask"] : ["w"],
      );
    }
  });
});
