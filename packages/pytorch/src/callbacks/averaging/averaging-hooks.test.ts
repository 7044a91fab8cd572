import { type nn, optim, tf } from "@lightning-ts/core";
import { BoringModel } from "@lightning-ts/testing";
import { describe, expect, it } from "vitest";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { EMAWeightAveraging, type EMAWeightAveragingOptions } from "./ema-weight-averaging.js";
import { swapTensors, takeTensors } from "./exchange-tensors.js";
import { WeightAveraging, type WeightAveragingOptions } from "./weight-averaging.js";

/** A module with one weight of two numbers and no bias that matters. */
function moduleOf(...weight: readonly number[]): LightningModule {
  const model = new BoringModel(1);
  model.layer.weight.assign(tf.tensor2d([...weight], [2, 1]));
  return Object(model);
}

const weightOf = (module: nn.Module) => [...(module.parameters()[0]?.dataSync() ?? [])];

/** As much of a Trainer as the callback looks at. */
function trainerAt(globalStep: number, currentEpoch = 0) {
  const warnings: string[] = [];
  const trainer: Trainer = Object({
    globalStep,
    currentEpoch,
    warn: (topic: string, text: string) => void warnings.push(`${topic}: ${text}`),
  });
  return { trainer, warnings };
}

/** Notes what it is asked. */
class Asked extends WeightAveraging {
  readonly questions: object[] = [];
  override shouldUpdate(question: object) {
    this.questions.push(question);
    return true;
  }
}

const { trainer } = trainerAt(1);
const valuesOf = (state: unknown) => Object.keys(Object(state)).toSorted();

describe("a checkpoint of WeightAveraging", () => {
  it("has nothing of it before a fit has begun", () => {
    const checkpoint = {};
    new WeightAveraging().onSaveCheckpoint(trainer, moduleOf(1, 2), Object(checkpoint));
    expect(checkpoint).toEqual({});
  });

  it("has the model's own weights as long as nothing was averaged, and the averages' count", () => {
    const [averaging, module] = [new WeightAveraging(), moduleOf(1, 2)];
    averaging.onFitStart(trainer, module);
    const checkpoint = { state_dict: "own" };
    averaging.onSaveCheckpoint(trainer, module, Object(checkpoint));
    expect(checkpoint).toEqual({ state_dict: "own", averaging_state: { n_averaged: expect.anything() } });
    averaging.teardown(trainer, module);
  });

  it("has the averages under the model's names, and the weights that training goes on with beside them", () => {
    const [averaging, module] = [new WeightAveraging(), moduleOf(1, 2)];
    averaging.onTrainBatchEnd(trainer, module);
    const checkpoint: Record<string, unknown> = { state_dict: "own" };
    averaging.onSaveCheckpoint(trainer, module, Object(checkpoint));
    expect(checkpoint["current_model_state"]).toBe("own");
    expect(valuesOf(checkpoint["averaging_state"])).toEqual(["n_averaged"]);
    expect(valuesOf(checkpoint["state_dict"])).toEqual(["layer.bias", "layer.weight"]);
    averaging.teardown(trainer, module);
  });

  /** What a checkpoint holds, with something beside the tensors that is none. */
  const saved = {
    averaging_state: { n_averaged: tf.buffer([], "int32", Int32Array.of(2)), extra: "no tensor" },
    current_model_state: {
      "layer.weight": tf.buffer([2, 1], "float32", Float32Array.of(7, 8)),
      "layer.bias": tf.buffer([2], "float32", Float32Array.of(0, 0)),
      extra: "no tensor",
    },
  };

  it("gives a fit its averages, which the model was loaded with, and the model the weights it trained with", () => {
    const [averaging, module] = [new WeightAveraging(), moduleOf(1, 2)];
    averaging.setup(trainer, module, "fit");
    averaging.onFitStart(trainer, module);
    module.parameters()[0]?.assign(tf.tensor2d([3, 4], [2, 1]));
    averaging.onLoadCheckpoint(trainer, module, Object(saved));
    expect(weightOf(module)).toEqual([7, 8]);
    averaging.onValidationEpochStart(trainer, module);
    expect(weightOf(module)).toEqual([3, 4]);
    averaging.onValidationEpochEnd(trainer, module);
    expect(weightOf(module)).toEqual([7, 8]);
    averaging.teardown(trainer, module);
  });

  it("without weights of its own leaves the model as it was loaded", () => {
    const [averaging, module] = [new WeightAveraging(), moduleOf(1, 2)];
    averaging.setup(trainer, module, "fit");
    averaging.onLoadCheckpoint(trainer, module, Object({ averaging_state: saved.averaging_state }));
    expect(weightOf(module)).toEqual([1, 2]);
    averaging.teardown(trainer, module);
  });

  it("without averages is said once a fit begins with it, and nowhere else", () => {
    const warned = (prepare: (averaging: WeightAveraging, module: LightningModule) => void) => {
      const { trainer: warning, warnings } = trainerAt(0);
      const [averaging, module] = [new WeightAveraging(), moduleOf(1, 2)];
      prepare(averaging, module);
      averaging.onLoadCheckpoint(warning, module, Object({}));
      averaging.teardown(warning, module);
      return warnings;
    };
    expect(warned((averaging, module) => averaging.setup(trainer, module, "fit"))).toEqual([
      "checkpoint without averages: The checkpoint was written without WeightAveraging. Averaging begins with the weights that training goes on with.",
    ]);
    expect(warned(() => undefined)).toEqual([]);
    expect(warned((averaging, module) => averaging.setup(trainer, module, "validate"))).toEqual([]);
    const afterFit = (averaging: WeightAveraging, module: LightningModule) => {
      averaging.setup(trainer, module, "fit");
      averaging.teardown(trainer, module);
    };
    expect(warned(afterFit)).toEqual([]);
  });
});

describe("the steps and epochs that WeightAveraging counts", () => {
  it("are asked for once each: the step after it was taken, from 0, and the epoch", () => {
    const [averaging, module] = [new Asked(), moduleOf(1, 2)];
    for (const step of [0, 1, 1, 2]) averaging.onTrainBatchEnd(trainerAt(step).trainer, module);
    for (const epoch of [0, 0, 1]) averaging.onTrainEpochEnd(trainerAt(2, epoch).trainer, module);
    expect(averaging.questions).toEqual([{ stepIdx: 0 }, { stepIdx: 1 }, { epochIdx: 0 }, { epochIdx: 1 }]);
    expect(averaging.stateDict()).toEqual({ latest_update_step: 2, latest_update_epoch: 1 });
    averaging.teardown(trainer, module);
  });

  it("go on where a checkpoint stood", () => {
    const [averaging, module] = [new Asked(), moduleOf(1, 2)];
    averaging.loadStateDict({ latest_update_step: 5, latest_update_epoch: 2 });
    expect(averaging.stateDict()).toEqual({ latest_update_step: 5, latest_update_epoch: 2 });
    averaging.onTrainBatchEnd(trainerAt(5).trainer, module);
    averaging.onTrainEpochEnd(trainerAt(5, 2).trainer, module);
    expect(averaging.questions).toEqual([]);
    averaging.loadStateDict({});
    expect(averaging.stateDict()).toEqual({ latest_update_step: 0, latest_update_epoch: -1 });
  });

  it("are, with EMAWeightAveraging, those of its options", () => {
    const averaging = new EMAWeightAveraging({
      updateEveryNSteps: 2,
      updateStartingAtStep: 4,
      updateStartingAtEpoch: 1,
    });
    const steps = [0, 2, 3, 4, 5, 6].filter((stepIdx) => averaging.shouldUpdate({ stepIdx }));
    const epochs = [0, 1, 2].filter((epochIdx) => averaging.shouldUpdate({ epochIdx }));
    expect([steps, epochs, averaging.shouldUpdate({})]).toEqual([[4, 6], [1, 2], false]);
    expect(new EMAWeightAveraging().shouldUpdate({ epochIdx: 1_000 })).toBe(false);
    expect(new WeightAveraging().shouldUpdate({ epochIdx: 1 })).toBe(false);
  });
});

describe("the weights that WeightAveraging exchanges", () => {
  it("are swapped and taken without leaving a tensor", () => {
    const [one, other] = [moduleOf(1, 2), moduleOf(3, 4)];
    for (let i = 0; i < 2; i += 1) swapTensors(one, other);
    const before = tf.memory().numTensors;
    swapTensors(one, other);
    expect([weightOf(one), weightOf(other)]).toEqual([
      [3, 4],
      [1, 2],
    ]);
    takeTensors(one, other);
    expect(weightOf(one)).toEqual([1, 2]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("go back into the model when a run ends in the middle of a validation", () => {
    const [averaging, module] = [new WeightAveraging(), moduleOf(1, 2)];
    averaging.onTrainBatchEnd(trainer, module);
    module.parameters()[0]?.assign(tf.tensor2d([5, 6], [2, 1]));
    averaging.onValidationEpochStart(trainer, module);
    expect(weightOf(module)).toEqual([1, 2]);
    averaging.teardown(trainer, module);
    expect(weightOf(module)).toEqual([5, 6]);
    averaging.teardown(trainer, module);
    averaging.onTrainEnd(trainer, module);
    expect(weightOf(module)).toEqual([5, 6]);
  });
});

describe("what the averaging callbacks are told", () => {
  it.each([
    [{ decay: -0.5 }, "EMAWeightAveraging cannot use this decay. Expected a number from 0 to 1. Received -0.5."],
    [
      { updateEveryNSteps: 1.5 },
      "EMAWeightAveraging cannot use this updateEveryNSteps. Expected a whole number of at least 1. Received 1.5.",
    ],
    [
      { updateStartingAtStep: -1 },
      "EMAWeightAveraging cannot use this updateStartingAtStep. Expected a whole number of at least 0. Received -1.",
    ],
    [
      { updateStartingAtEpoch: -1 },
      "EMAWeightAveraging cannot use this updateStartingAtEpoch. Expected a whole number of at least 0. Received -1.",
    ],
    [
      { rate: 1 },
      'EMAWeightAveraging has no option "rate". Expected one of decay, updateEveryNSteps, updateStartingAtStep, updateStartingAtEpoch, useBuffers.',
    ],
  ])("is refused where it has no meaning: %j", (options, message) => {
    expect(() => new EMAWeightAveraging(options as EMAWeightAveragingOptions)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    );
  });

  it("may be the ends of what is allowed", () => {
    const edges = { updateEveryNSteps: 1, updateStartingAtStep: 0, updateStartingAtEpoch: 0, useBuffers: false };
    for (const decay of [0, 1]) expect(() => new EMAWeightAveraging({ decay, ...edges })).not.toThrow();
  });

  it("is one way of averaging, and no other option", () => {
    const { getEmaAvgFn, getSwaMultiAvgFn } = optim.swaUtils;
    const [avgFn, multiAvgFn] = [getEmaAvgFn(0.9), getSwaMultiAvgFn()];
    for (const options of [{ avgFn }, { multiAvgFn }]) expect(() => new WeightAveraging(options)).not.toThrow();
    expect(() => new WeightAveraging({ avgFn, multiAvgFn })).toThrow(
      "WeightAveraging averages in one way only. Expected avgFn or multiAvgFn. Received both.",
    );
    expect(() => new WeightAveraging({ decay: 1 } as WeightAveragingOptions)).toThrow(
      'WeightAveraging has no option "decay". Expected one of avgFn, multiAvgFn, useBuffers.',
    );
  });

  it("is kept under the callback's name", () => {
    expect([new WeightAveraging().stateKey, new EMAWeightAveraging().stateKey]).toEqual([
      "WeightAveraging",
      "EMAWeightAveraging",
    ]);
  });
});
