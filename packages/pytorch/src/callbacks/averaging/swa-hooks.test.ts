import { nn, optim, resolveBackend } from "@lightning-ts/core";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { StochasticWeightAveraging } from "./stochastic-weight-averaging.js";
import { readSwaOptions, type StochasticWeightAveragingOptions } from "./swa-options.js";

beforeAll(() => resolveBackend("cpu"));

class Net extends LightningModule {
  readonly layer = new nn.Linear(1, 1, { bias: false });
  get value(): number {
    return this.layer.weight.dataSync()[0] ?? Number.NaN;
  }
  set value(value: number) {
    this.layer.weight.setData([value]);
  }
}

class Normed extends Net {
  readonly norm = new nn.BatchNorm1d(1);
  readonly stateless = new nn.BatchNorm1d(1, { trackRunningStats: false });
  readonly act = new nn.ReLU();
}

/** A Trainer of plain fields, before its fit starts. */
function plainTrainer(module: LightningModule, fields: object = {}) {
  const warnings: string[] = [];
  const optimizer = new optim.SGD(module.parameters(), { lr: 1 });
  const trainer: Trainer = Object({
    optimizers: [{ optimizer }],
    lrSchedulerConfigs: [],
    ...{ maxEpochs: 4, currentEpoch: 0, skipsBackward: false },
    warn: (_topic: string, text: string) => void warnings.push(text),
    ...fields,
  });
  return { trainer, warnings, optimizer };
}

const early = (options: Partial<StochasticWeightAveragingOptions> = {}) =>
  new StochasticWeightAveraging({ swaLrs: 0.5, swaEpochStart: 2, ...options });

/** Begins epochs with these weights, one after another. */
function beginEpochs(callback: StochasticWeightAveraging, trainer: Trainer, net: Net, ...values: number[]): void {
  for (const value of values) {
    net.value = value;
    callback.onTrainEpochStart(trainer, net);
    Object.assign(trainer, { currentEpoch: trainer.currentEpoch + 1 });
  }
}

function failureOf(call: () => unknown): string {
  try {
    call();
    return "none";
  } catch (error) {
    return String(error);
  }
}

describe("averaged weights", () => {
  it("are those of the epochs from the first on, and the model's when all epochs are over", () => {
    const [net, callback] = [new Net(), early()];
    const { trainer, warnings } = plainTrainer(net);
    callback.setup();
    callback.onFitStart(trainer, net);
    beginEpochs(callback, trainer, net, 1, 2, 4, 9);
    expect(callback.stateDict()).toMatchObject({ n_averaged: 3, latest_update_epoch: 3 });
    net.value = 100;
    callback.onTrainEnd(trainer, net);
    expect([net.value, trainer.maxEpochs, trainer.skipsBackward]).toEqual([5, 4, false]);
    callback.teardown(trainer);
    expect([warnings, callback.stateDict()]).toEqual([
      [],
      { n_averaged: 0, latest_update_epoch: 3, scheduler_state: null, average_model_state: null },
    ]);
  });

  it("are not the model's where training ends early, and are where it has no limit", () => {
    for (const [maxEpochs, expected] of [
      [4, 100],
      [-1, 3],
    ] as const) {
      const [net, callback] = [new Net(), early()];
      const { trainer } = plainTrainer(net, { maxEpochs });
      callback.onFitStart(trainer, net);
      beginEpochs(callback, trainer, net, 1, 2, 4);
      net.value = 100;
      callback.onTrainEnd(trainer, net);
      expect(net.value).toBe(expected);
    }
    const [net, none] = [new Net(), early({ swaEpochStart: 4 })];
    const { trainer } = plainTrainer(net, { maxEpochs: 2 });
    none.onFitStart(trainer, net);
    beginEpochs(none, trainer, net, 1, 2);
    none.onTrainEnd(trainer, net);
    expect(net.value).toBe(2);
  });

  it("take the learning rate to theirs, and say whose place they take", () => {
    const callback = early();
    for (const [interval, frequency, says] of [
      ["epoch", 1, false],
      ["step", 1, true],
      ["epoch", 2, true],
    ] as const) {
      const net = new Net();
      const { trainer, warnings, optimizer } = plainTrainer(net);
      const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 });
      Object.assign(trainer, { lrSchedulerConfigs: [{ scheduler, interval, frequency }] });
      callback.setup();
      callback.onFitStart(trainer, net);
      beginEpochs(callback, trainer, net, 1, 2);
      expect(trainer.lrSchedulerConfigs[0]?.scheduler).toBeInstanceOf(optim.swaUtils.SWALR);
      expect(warnings).toEqual(
        says
          ? [
              `StochasticWeightAveraging steps once an epoch, and StepLR, whose place it takes, stepped every ${frequency} of ${interval}.`,
            ]
          : [],
      );
      expect(callback.stateDict()["scheduler_state"]).not.toBeNull();
      callback.teardown(trainer);
    }
  });

  it("begin in the middle with a warning only where they come late", () => {
    const net = new Net();
    const late = plainTrainer(net, { currentEpoch: 3 });
    const callback = early();
    callback.onFitStart(late.trainer, net);
    beginEpochs(callback, late.trainer, net, 7, 8);
    expect(late.warnings).toEqual([
      "StochasticWeightAveraging begins in epoch 3 instead of 1: the checkpoint that the run was started from has no averages.",
    ]);
  });

  it("count an epoch once, however often it begins", () => {
    const [net, callback] = [new Net(), early({ swaEpochStart: 1 })];
    const { trainer } = plainTrainer(net);
    callback.onFitStart(trainer, net);
    callback.onTrainEpochStart(trainer, net);
    callback.onTrainEpochStart(trainer, net);
    expect(callback.stateDict()).toMatchObject({ n_averaged: 1, latest_update_epoch: 0 });
  });
});

describe("statistics of batch norms", () => {
  it("are computed anew in an epoch of their own, in which nothing is trained", () => {
    const [net, callback] = [new Normed(), early()];
    const { trainer } = plainTrainer(net);
    callback.onFitStart(trainer, net);
    expect(trainer.maxEpochs).toBe(5);
    beginEpochs(callback, trainer, net, 1, 2, 4, 9);
    net.norm.runningMean?.setData([3]);
    net.value = 100;
    callback.onTrainEpochStart(trainer, net);
    expect([net.value, trainer.skipsBackward, net.norm.momentum]).toEqual([5, true, "cumulative"]);
    expect([...(net.norm.runningMean?.dataSync() ?? [])]).toEqual([0]);
    expect(net.stateless.momentum).toBe(0.1);
    expect(callback.stateDict()).toMatchObject({ updates_batch_norm: true });
    net.value = 6;
    Object.assign(trainer, { currentEpoch: 4 });
    callback.onTrainEnd(trainer, net);
    expect([net.value, trainer.skipsBackward, net.norm.momentum, trainer.maxEpochs]).toEqual([6, false, 0.1, 4]);
    expect(Object.keys(callback.stateDict())).not.toContain("updates_batch_norm");
    trainer.skipsBackward = true;
    callback.teardown(trainer);
    expect([trainer.skipsBackward, trainer.maxEpochs]).toEqual([true, 4]);
  });

  it("are not computed where none are kept, or where the fit has no limit", () => {
    for (const [net, fields] of [
      [new Net(), {}],
      [new Normed(), { maxEpochs: -1 }],
    ] as const) {
      const callback = early();
      const { trainer } = plainTrainer(net, fields);
      const before = trainer.maxEpochs;
      callback.onFitStart(trainer, net);
      expect(trainer.maxEpochs).toBe(before);
      Object.assign(trainer, { maxEpochs: 9 });
      callback.teardown(trainer);
      expect(trainer.maxEpochs).toBe(9);
    }
  });

  it("have no average to take where none was made before", () => {
    const [net, callback] = [new Normed(), early({ swaEpochStart: 4 })];
    const { trainer } = plainTrainer(net, { maxEpochs: 2 });
    callback.onFitStart(trainer, net);
    beginEpochs(callback, trainer, net, 1, 2, 3);
    expect([net.value, trainer.skipsBackward]).toEqual([3, true]);
  });
});

/** What a checkpoint brings: tensors are on the host. */
const saved = (epoch: number, more: object = {}) => ({
  n_averaged: 2,
  latest_update_epoch: epoch,
  scheduler_state: null,
  average_model_state: { "layer.weight": new TensorBuffer([1, 1], "float32", Float32Array.of(3)) },
  ...more,
});

describe("a run that goes on", () => {
  it("goes on with its average, and takes the epoch that it is in no second time", () => {
    const [net, callback] = [new Net(), early()];
    const { trainer } = plainTrainer(net, { currentEpoch: 2 });
    callback.setup();
    callback.loadStateDict(saved(2));
    callback.onFitStart(trainer, net);
    expect(trainer.lrSchedulerConfigs[0]?.scheduler).toBeInstanceOf(optim.swaUtils.SWALR);
    expect(callback.stateDict()).toMatchObject({ n_averaged: 2, latest_update_epoch: 2 });
    callback.onTrainStart(trainer, net);
    expect(trainer.skipsBackward).toBe(false);
    beginEpochs(callback, trainer, net, 50, 9);
    expect(callback.stateDict()).toMatchObject({ n_averaged: 3, latest_update_epoch: 3 });
    callback.onTrainEnd(trainer, net);
    expect(net.value).toBeCloseTo(5, 5);
  });

  it("has nothing to go on with before the first average, also one that averaged epoch 0", () => {
    for (const [epoch, averaged] of [
      [-1, 0],
      [0, 2],
    ] as const) {
      const [net, callback] = [new Net(), early()];
      const { trainer } = plainTrainer(net);
      callback.loadStateDict(saved(epoch));
      callback.onFitStart(trainer, net);
      expect(callback.stateDict()["n_averaged"]).toBe(averaged);
      expect(trainer.lrSchedulerConfigs).toHaveLength(averaged === 0 ? 0 : 1);
    }
  });

  it("goes on with the statistics of batch norms where it was interrupted in them, and only then", () => {
    for (const [currentEpoch, state, isPass] of [
      [4, { updates_batch_norm: true }, true],
      [4, {}, false],
      [3, { updates_batch_norm: true }, false],
    ] as const) {
      const [net, callback] = [new Normed(), early()];
      const { trainer } = plainTrainer(net, { currentEpoch });
      callback.loadStateDict(saved(-1, state));
      callback.onFitStart(trainer, net);
      net.norm.runningMean?.setData([3]);
      callback.onTrainStart(trainer, net);
      expect([trainer.skipsBackward, net.norm.momentum]).toEqual(isPass ? [true, "cumulative"] : [false, 0.1]);
      expect([...(net.norm.runningMean?.dataSync() ?? [])]).toEqual([3]);
    }
  });

  it("has a state under its own name", () => {
    expect(early().stateKey).toContain("StochasticWeightAveraging");
  });

  it("leaves limits alone where it was no fit, and where others have changed them since", () => {
    const [net, callback] = [new Normed(), early()];
    const { trainer } = plainTrainer(net);
    callback.setup();
    callback.teardown(trainer);
    expect(trainer.maxEpochs).toBe(4);
    callback.onFitStart(trainer, net);
    callback.onTrainEnd(trainer, net);
    Object.assign(trainer, { maxEpochs: 9 });
    callback.teardown(trainer);
    expect(trainer.maxEpochs).toBe(9);
  });

  it("computes no statistics of batch norms because a run before it was interrupted in them", () => {
    const [net, callback] = [new Normed(), early()];
    callback.loadStateDict(saved(-1, { updates_batch_norm: true }));
    callback.setup();
    const { trainer } = plainTrainer(net, { currentEpoch: 4 });
    callback.onFitStart(trainer, net);
    callback.onTrainStart(trainer, net);
    expect(trainer.skipsBackward).toBe(false);
  });

  it("forgets what a run before it has restored", () => {
    const [net, callback] = [new Net(), early()];
    callback.loadStateDict(saved(2));
    callback.setup();
    const { trainer } = plainTrainer(net);
    callback.onFitStart(trainer, net);
    expect(callback.stateDict()).toMatchObject({ n_averaged: 0, latest_update_epoch: -1 });
  });

  it.each([
    { latest_update_epoch: "2" },
    { latest_update_epoch: undefined },
    { n_averaged: "2" },
    { n_averaged: null },
  ])("refuses the state %o", (changed) => {
    expect(failureOf(() => early().loadStateDict(saved(2, changed)))).toContain("StochasticWeightAveraging");
    expect(failureOf(() => early().loadStateDict(saved(2)))).toBe("none");
  });
});

describe("what averaging needs", () => {
  it("is one optimizer, and at most one scheduler", () => {
    const net = new Net();
    const { trainer, optimizer } = plainTrainer(net);
    const scheduler = new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 });
    for (const [optimizers, schedulers] of [
      [0, 0],
      [2, 0],
      [1, 2],
    ] as const) {
      Object.assign(trainer, {
        optimizers: Array.from({ length: optimizers }, () => ({ optimizer })),
        lrSchedulerConfigs: Array.from({ length: schedulers }, () => ({ scheduler })),
      });
      expect(failureOf(() => early().onFitStart(trainer, net))).toBe(
        `MisconfigurationError: StochasticWeightAveraging works with one optimizer, and at most one scheduler. Received ${optimizers} optimizers and ${schedulers} schedulers from configureOptimizers.`,
      );
    }
  });

  it("is a limit where it begins after a part of the epochs", () => {
    const net = new Net();
    const { trainer } = plainTrainer(net, { maxEpochs: -1 });
    expect(failureOf(() => early({ swaEpochStart: 0.5 }).onFitStart(trainer, net))).toContain(
      "this fit has no limit. Expected a swaEpochStart that is an epoch, or maxEpochs. Received 0.5 of maxEpochs: -1",
    );
    const half = early({ swaEpochStart: 0.5 });
    const limited = plainTrainer(net);
    half.onFitStart(limited.trainer, net);
    beginEpochs(half, limited.trainer, net, 1, 2, 3);
    expect(half.stateDict()["n_averaged"]).toBe(2);
  });

  it.each<[object, string]>([
    [{ swaLrs: 0 }, "a number above 0, or a list of them"],
    [{ swaLrs: [] }, "a number above 0, or a list of them"],
    [{ swaLrs: [0.1, -1] }, "a number above 0, or a list of them"],
    [{ annealingEpochs: -1 }, "a whole number of at least 0"],
    [{ annealingEpochs: 0.5 }, "a whole number of at least 0"],
    [{ annealingStrategy: "step" }, '"cos" or "linear"'],
    [{ avgFn: 3 }, "a function of the average, the value and the number of models"],
    [{ swaEpochStart: -1 }, 'an epoch from 1 on, a part of maxEpochs below 1, or a percentage such as "80%"'],
    [{ swaLr: 1 }, "swaLr"],
  ])("is not %o", (options, message) => {
    const failure = failureOf(() => early(options));
    expect(failure).toContain("StochasticWeightAveraging");
    expect(failure).toContain(message);
    expect(readSwaOptions({ swaLrs: [0.1], annealingEpochs: 0 })).toMatchObject({ annealEpochs: 0 });
  });
});
