import { nn, resolveBackend, type tf } from "@lightning-ts/core";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import { ModelPruning } from "./model-pruning.js";
import { hostOf, maskOf } from "./pruned-fields.js";
import type { ModelPruningOptions, PrunedField } from "./pruning-options.js";
import { begin, failureOf, L1, Net, plainTrainer } from "./pruning-under-test.js";

beforeAll(() => resolveBackend("cpu"));

describe("the state of pruning", () => {
  const tensors = (entry: unknown) =>
    Object(entry)?.map?.((one: tf.TensorBuffer<tf.Rank>) => {
      expect(one.dtype).toBe("float32");
      return [[...one.shape], [...one.values]];
    });

  it("is its masks once there are some, and the first values where they are wanted", () => {
    const { pruning, trainer } = begin();
    expect(pruning.stateDict()).toEqual({});
    pruning.onTrainEpochEnd(trainer);
    const state = pruning.stateDict();
    expect(Object.keys(state)).toEqual(["masks"]);
    expect(tensors(state["masks"])).toEqual([
      [
        [2, 2],
        [0, 0, 1, 1],
      ],
      [[2], [1, 0]],
    ]);
    const firsts = begin({ useLotteryTicketHypothesis: true });
    expect(tensors(firsts.pruning.stateDict()["first_values"])).toEqual([
      [
        [2, 2],
        [1, -2, 3, -4],
      ],
      [[2], [5, -0.5]],
    ]);
    expect(Object.keys(begin({ useLotteryTicketHypothesis: undefined }).pruning.stateDict())).toEqual(["first_values"]);
    expect(begin({ useLotteryTicketHypothesis: true, resampleParameters: true }).pruning.stateDict()).toEqual({});
    firsts.pruning.teardown();
    expect(firsts.pruning.stateDict()).toEqual({});
  });

  const buffers = (weight: readonly number[], bias: readonly number[]) => [
    new TensorBuffer([2, 2], "float32", Float32Array.from(weight)),
    new TensorBuffer([2], "float32", Float32Array.from(bias)),
  ];
  const restored = (state: Record<string, unknown>, options: Partial<ModelPruningOptions> = {}) => {
    const net = new Net();
    const pruning = new ModelPruning({ ...L1, ...options });
    const { trainer } = plainTrainer();
    pruning.setup(trainer, net, "fit");
    pruning.loadStateDict(state);
    pruning.onFitStart();
    return { net, pruning, trainer };
  };

  it("comes back: masks to the parameters, first values to what they go back to", () => {
    const masked = restored({ masks: buffers([0, 1, 1, 1], [1, 1]) });
    expect([...hostOf(masked.net.weight).mask]).toEqual([0, 1, 1, 1]);
    const { net, pruning, trainer } = restored(
      { first_values: buffers([7, 8, 9, 10], [1, 2]) },
      { useLotteryTicketHypothesis: true },
    );
    expect(maskOf(net.weight)).toBeUndefined();
    pruning.onTrainEpochEnd(trainer);
    expect([...hostOf(net.weight).values, ...hostOf(net.bias).values]).toEqual([7, 8, 9, 10, 1, 2]);
    const nothing = restored({}, { useLotteryTicketHypothesis: true });
    nothing.pruning.onTrainEpochEnd(nothing.trainer);
    expect([...hostOf(nothing.net.weight).values]).toEqual([1, -2, 3, -4]);
  });

  it("is empty where a subclass prunes nothing", () => {
    class Nothing extends ModelPruning {
      override filterParametersToPrune(): readonly PrunedField[] {
        return [];
      }
    }
    const pruning = new Nothing({ ...L1, useLotteryTicketHypothesis: true });
    const { trainer } = plainTrainer();
    pruning.setup(trainer, new Net(), "fit");
    pruning.onTrainEpochEnd(trainer);
    expect(pruning.stateDict()).toEqual({});
  });

  it("stands under a name of its own", () => {
    expect(new ModelPruning(L1).stateKey).toContain("ModelPruning");
    expect(failureOf(() => new ModelPruning({ ...L1, verbose: Object(3) }))).toContain("ModelPruning");
  });

  it("is refused where it holds no tensors, however many values there are to be", () => {
    class Seven extends LightningModule {
      readonly layer = new nn.Linear(7, 1, { bias: false });
    }
    const pruning = new ModelPruning(L1);
    pruning.setup(plainTrainer().trainer, new Seven(), "fit");
    expect(failureOf(() => pruning.loadStateDict({ masks: ["no tensor"] }))).toContain("cannot be read");
  });

  it("is forgotten by the next run", () => {
    const { net, pruning, trainer } = restored({ masks: buffers([0, 1, 1, 1], [1, 1]) });
    pruning.onTrainEnd();
    pruning.setup(trainer, net, "fit");
    pruning.onFitStart();
    expect(maskOf(net.weight)).toBeUndefined();
  });

  it.each<[Record<string, unknown>]>([
    [{ masks: buffers([0, 1, 1, 1], [1, 1]).slice(0, 1) }],
    [{ masks: buffers([0, 1, 1, 1], [1, 1]).toReversed() }],
    [{ masks: [...buffers([0, 1, 1, 1], [1, 1]).slice(0, 1), new TensorBuffer([3], "float32", new Float32Array(3))] }],
    [{ masks: "none" }],
    [{ masks: [1, 2] }],
    [{ first_values: [] }],
    [{ masks: buffers([0, 1, 1, 1], [1, 1]), first_values: null }],
  ])("is refused where it does not fit: %o", (state) => {
    expect(failureOf(() => restored(state))).toBe(
      `MisconfigurationError: The checkpoint's state of ModelPruning cannot be read. Received [${Object.keys(state)
        .map((name) => `"${name}"`)
        .join(", ")}].`,
    );
  });
});
