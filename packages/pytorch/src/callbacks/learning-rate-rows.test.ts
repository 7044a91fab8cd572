import { optim, resolveBackend, tf, type Optimizer } from "@lightning-ts/core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Trainer } from "../contract/trainer.js";
import { LearningRateMonitor, type LearningRateMonitorOptions } from "./learning-rate-monitor.js";

beforeAll(() => resolveBackend("cpu"));

const weight = () => tf.variable(tf.scalar(1));
const sgd = (lr = 0.1, more: object = {}) => new optim.SGD([weight()], { lr, ...more });

interface Setting {
  /** Optimizers, with how often their schedulers step. */
  readonly scheduled?: readonly (readonly [optimizer: Optimizer, interval: string, name?: string])[];
  readonly optimizers?: readonly Optimizer[];
  readonly stepped?: number;
  readonly every?: number;
  readonly shouldStop?: boolean;
  readonly loggers?: readonly unknown[];
}

function trainerWith({ scheduled = [], optimizers = [], ...setting }: Setting) {
  const rows: unknown[] = [];
  const trainer: Trainer = Object({
    lrSchedulerConfigs: scheduled.map(([optimizer, interval, name]) => ({ scheduler: { optimizer }, interval, name })),
    optimizers: [...scheduled.map(([optimizer]) => ({ optimizer })), ...optimizers.map((optimizer) => ({ optimizer }))],
    loggers: setting.loggers ?? ["csv"],
    batchesThatStepped: setting.stepped ?? 0,
    logEveryNSteps: setting.every ?? 1,
    shouldStop: setting.shouldStop ?? false,
    logNow: (row: object, step: number) => void rows.push([step, row]),
  });
  return { trainer, rows };
}

function rowsOf(options: LearningRateMonitorOptions, setting: Setting, when: "batch" | "epoch" = "batch"): unknown[] {
  const { trainer, rows } = trainerWith(setting);
  const monitor = new LearningRateMonitor(options);
  if (when === "batch") monitor.onTrainBatchStart(trainer);
  else monitor.onTrainEpochStart(trainer);
  return rows;
}

function failureOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}

describe("a row of learning rates", () => {
  it("has only what an optimizer has: some have no momentum, or no weight decay", () => {
    const options = { logMomentum: true, logWeightDecay: true };
    const bare = new optim.Rprop([weight()], { lr: 0.5 });
    expect(rowsOf(options, { optimizers: [bare] })).toStrictEqual([[0, { "lr-Rprop": 0.5 }]]);
    const adagrad = new optim.Adagrad([weight()], { lr: 0.5, weightDecay: 0.25 });
    expect(rowsOf(options, { optimizers: [adagrad] })).toStrictEqual([
      [0, { "lr-Adagrad": 0.5, "lr-Adagrad-weight_decay": 0.25 }],
    ]);
  });

  const both: Setting = {
    scheduled: [
      [sgd(1), "step"],
      [new optim.Adam([weight()], { lr: 2 }), "epoch"],
    ],
    optimizers: [sgd(3)],
  };

  it.each<["step" | "epoch" | undefined, "batch" | "epoch", object | undefined]>([
    [undefined, "batch", { "lr-SGD": 1, "lr-SGD-1": 3 }],
    [undefined, "epoch", { "lr-Adam": 2, "lr-SGD-1": 3 }],
    ["step", "batch", { "lr-SGD": 1, "lr-Adam": 2, "lr-SGD-1": 3 }],
    ["step", "epoch", undefined],
    ["epoch", "batch", undefined],
    ["epoch", "epoch", { "lr-SGD": 1, "lr-Adam": 2, "lr-SGD-1": 3 }],
  ])("with loggingInterval %s holds at a %s start what steps then", (loggingInterval, when, row) => {
    expect(rowsOf({ loggingInterval }, both, when)).toEqual(row === undefined ? [] : [[0, row]]);
  });

  it("is sent every so many steps, and when the run stops", () => {
    const setting = { optimizers: [sgd()] };
    const row = { "lr-SGD": 0.1 };
    expect(rowsOf({}, { ...setting, every: 3, stepped: 2 })).toEqual([[2, row]]);
    expect(rowsOf({}, { ...setting, every: 3, stepped: 1 })).toEqual([]);
    expect(rowsOf({}, { ...setting, every: 3, stepped: 1, shouldStop: true })).toEqual([[1, row]]);
    expect(rowsOf({}, { ...setting, every: 0, shouldStop: true })).toEqual([]);
  });

  it("is none where nothing is to be said", () => {
    expect(rowsOf({}, { scheduled: [[sgd(), "epoch"]] })).toEqual([]);
  });

  it("holds momentum and decay where these are asked for", () => {
    const optimizers = [sgd(1, { momentum: 0.9, weightDecay: 0.01 }), new optim.Adam([weight()], { lr: 2 })];
    expect(rowsOf({ logMomentum: true, logWeightDecay: true, logKeyPrefix: "a/" }, { optimizers })).toEqual([
      [
        0,
        {
          "a/lr-SGD": 1,
          "a/lr-SGD-momentum": 0.9,
          "a/lr-SGD-weight_decay": 0.01,
          "a/lr-Adam": 2,
          "a/lr-Adam-momentum": 0.9,
          "a/lr-Adam-weight_decay": 0,
        },
      ],
    ]);
    expect(rowsOf({}, { optimizers })).toEqual([[0, { "lr-SGD": 1, "lr-Adam": 2 }]]);
  });

  it("names groups by number or by name, and schedulers by theirs", () => {
    const optimizer = new optim.SGD(
      [
        { params: [weight()], lr: 1 },
        { params: [weight()], lr: 2, name: "head" },
      ],
      { lr: 1 },
    );
    const named = new optim.SGD([{ params: [weight()], name: "all" }], { lr: 4 });
    expect(rowsOf({}, { scheduled: [[optimizer, "step", "mine"]], optimizers: [named] })).toEqual([
      [0, { "mine/pg1": 1, "mine/head": 2, "lr-SGD/all": 4 }],
    ]);
  });

  it("is remembered by name, also where a second group changes the name of the first", () => {
    const optimizer = sgd();
    const { trainer } = trainerWith({ optimizers: [optimizer] });
    const monitor = new LearningRateMonitor();
    monitor.onTrainBatchStart(trainer);
    monitor.onTrainBatchStart(trainer);
    expect(monitor.lrs).toEqual({ "lr-SGD": [0.1, 0.1] });
    optimizer.addParamGroup({ params: [weight()], lr: 5 });
    monitor.onTrainBatchStart(trainer);
    monitor.onTrainBatchStart(trainer);
    expect(monitor.lrs).toEqual({ "lr-SGD/pg1": [0.1, 0.1, 0.1, 0.1], "lr-SGD/pg2": [5, 5] });
  });
});

describe("a learning-rate monitor", () => {
  it("knows two intervals, and no other option", () => {
    const failure = failureOf(() => new LearningRateMonitor(Object({ loggingInterval: "hour" })));
    expect(String(failure)).toContain("LearningRateMonitor does not know this loggingInterval.");
    expect(String(failure)).toContain('Expected "step" or "epoch". Received hour');
    expect(String(failureOf(() => new LearningRateMonitor(Object({ logMomentun: true }))))).toMatch(
      /LearningRateMonitor.*logMomentun/,
    );
    for (const name of ["loggingInterval", "logMomentum", "logWeightDecay", "logKeyPrefix"])
      expect(() => new LearningRateMonitor(Object({ [name]: undefined }))).not.toThrow();
  });

  it("needs a logger, and groups that it can tell apart, when training starts", () => {
    const monitor = new LearningRateMonitor();
    const failure = failureOf(() => monitor.onTrainStart(trainerWith({ loggers: [] }).trainer));
    expect(String(failure)).toContain("LearningRateMonitor has no logger to write to.");
    expect(String(failure)).toContain("new Trainer({ logger: true }).");
    const twice = new optim.SGD(
      [
        { params: [weight()], name: "a" },
        { params: [weight()], name: "a" },
      ],
      { lr: 1 },
    );
    const alike = failureOf(() => monitor.onTrainStart(trainerWith({ optimizers: [twice] }).trainer));
    expect(String(alike)).toContain('Two parameter groups of SGD are called "a", so LearningRateMonitor cannot');
    expect(String(alike)).toContain("another name for one of them.");
    expect(failureOf(() => monitor.onTrainStart(trainerWith({ optimizers: [sgd()] }).trainer))).toBeUndefined();
  });
});
