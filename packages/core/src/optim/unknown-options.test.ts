import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, it } from "vitest";
import { Parameter } from "../autograd/parameter.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { Linear } from "../nn/layers/linear.js";
import { Module } from "../nn/module.js";
import { tf } from "../tensor/tf.js";
import * as optim from "./namespace.js";
import { Optimizer } from "./optimizer.js";

type AnyOptimizer = new (params: unknown, options?: unknown) => Optimizer;
type AnyScheduler = new (optimizer: Optimizer, ...args: unknown[]) => unknown;

/** Every optimizer that is exported, whatever is added. */
const OPTIMIZERS = Object.entries(optim).flatMap(([name, value]): [string, AnyOptimizer][] =>
  typeof value === "function" && value.prototype instanceof Optimizer ? [[name, value as unknown as AnyOptimizer]] : [],
);
const SCHEDULERS = Object.entries({ ...optim.lrScheduler, SWALR: optim.swaUtils.SWALR }).filter(
  (entry): entry is [string, never] => typeof entry[1] === "function" && entry[0] !== "LRScheduler",
);

const parameter = (): Parameter => Parameter.fromData([1, 2, 3, 4], [2, 2]);
const sgd = (): Optimizer => new optim.SGD([parameter()], { lr: 0.1, momentum: 0.9 });

/** Options that a schedule cannot do without. */
const NEEDED: Readonly<Record<string, (optimizer: Optimizer) => unknown[]>> = {
  ChainedScheduler: (optimizer) => [{ schedulers: [new optim.lrScheduler.ConstantLR(optimizer)] }],
  CosineAnnealingLR: () => [{ tMax: 5 }],
  CosineAnnealingWarmRestarts: () => [{ t0: 5 }],
  CyclicLR: () => [{ baseLr: 0.1, maxLr: 0.2 }],
  ExponentialLR: () => [{ gamma: 0.5 }],
  LambdaLR: () => [{ lrLambda: () => 1 }],
  MultiStepLR: () => [{ milestones: [2] }],
  MultiplicativeLR: () => [{ lrLambda: () => 1 }],
  OneCycleLR: () => [{ maxLr: 0.2, totalSteps: 5 }],
  SWALR: () => [{ swaLr: 0.1 }],
  SequentialLR: (optimizer) => [
    { schedulers: [1, 2].map(() => new optim.lrScheduler.ConstantLR(optimizer)), milestones: [2] },
  ],
  StepLR: () => [{ stepSize: 2 }],
};

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("an optimizer", () => {
  it.each(OPTIMIZERS)("%s names an option, and a group's key, that it does not have", (name, Optim) => {
    expect(() => new Optim([parameter()], { surelyNoOption: 1 })).toThrow(MisconfigurationError);
    expect(() => new Optim([parameter()], { surelyNoOption: 1 })).toThrow(
      new RegExp(`${name} has no option "surelyNoOption".*Expected one of .*lr`),
    );
    const group = { params: [parameter()], surelyNoOption: 1 };
    expect(() => new Optim([group])).toThrow(MisconfigurationError);
    expect(() => new Optim([group])).toThrow(new RegExp(`${name}.* "surelyNoOption"`));
    expect(() => new Optim([parameter()], 0.1)).toThrow(new RegExp(`${name} takes an object of options.*Received 0.1`));
    expect(() => new Optim([parameter()], { lr: Number.NaN })).toThrow(/lr.*NaN/);
  });

  it.each(OPTIMIZERS)("%s names an option of another kind than it takes", (name, Optim) => {
    const usual = Object.entries(new Optim([parameter()]).defaults);
    const kinds = usual.filter(([, value]) => ["number", "boolean"].includes(typeof value) || Array.isArray(value));
    expect(kinds.length).toBeGreaterThan(1);
    for (const [option, value] of kinds)
      for (const wrong of [null, "0.1", Array.isArray(value) ? 0.9 : [0.9], ...(typeof value === "boolean" ? [1] : [])])
        expect(() => new Optim([parameter()], { [option]: wrong }), option).toThrow(
          new RegExp(`${name}.*${option}.*Expected`),
        );
  });

  it.each(OPTIMIZERS)("%s refuses an argument behind its options", (name, Optim) => {
    const Untyped = Optim as unknown as new (...args: unknown[]) => unknown;
    expect(() => new Untyped([parameter()], {}, 1)).toThrow(new RegExp(`${name} takes fewer arguments.*Received 1`));
    expect(() => new Untyped([parameter()], { lr: 0.1 }, { maximize: true })).toThrow(/Received options maximize/);
  });

  it.each(OPTIMIZERS)("%s says that it got no parameters, or which one came twice", (name, Optim) => {
    const twice = parameter();
    expect(() => new Optim([])).toThrow(new RegExp(`${name} got no parameters.*model\\.parameters\\(\\)`));
    expect(() => new Optim(new Module().parameters())).toThrow(new RegExp(`${name} got no parameters`));
    expect(() => new Optim([twice, parameter(), twice])).toThrow(
      new RegExp(`${name} got the same parameter twice: position 2 of group 0 is position 0 of group 0`),
    );
    expect(() => new Optim(() => [twice])).toThrow(new RegExp(`${name} needs the parameters.*parentheses`));
    expect(() => new Optim([tf.ones([2])])).toThrow(new RegExp(`${name} can only optimize parameters.*position 0`));
    expect(() => new Optim(twice)).toThrow(new RegExp(`${name} needs the parameters`));
  });
});

describe("a schedule", () => {
  it.each(SCHEDULERS)("%s names an option that it does not have", (name, Scheduler: AnyScheduler) => {
    const optimizer = sgd();
    const args = NEEDED[name]?.(optimizer) ?? [{}];
    void new Scheduler(optimizer, ...args);
    const misspelt = [...args.slice(0, -1), { ...(args.at(-1) as object), surelyNoOption: 1 }];
    expect(() => new Scheduler(optimizer, ...misspelt)).toThrow(MisconfigurationError);
    expect(() => new Scheduler(optimizer, ...misspelt)).toThrow(new RegExp(`${name} has no option "surelyNoOption"`));
    expect(() => new Scheduler(optimizer, 0.5)).toThrow(new RegExp(`${name} takes an object of options`));
    const Untyped = Scheduler as unknown as new (...args: unknown[]) => unknown;
    for (const given of [[], [undefined, ...args], args])
      expect(() => new Untyped(...given)).toThrow(new RegExp(`${name} takes the optimizer first`));
    expect(() => new Scheduler(optimizer, ...args, 1)).toThrow(new RegExp(`${name} takes fewer arguments`));
  });
});

describe("lists", () => {
  it("of schedules, milestones and parameters are lists", () => {
    const untyped = (value: unknown): never => value as never;
    const { ChainedScheduler, ConstantLR, MultiStepLR, SequentialLR } = optim.lrScheduler;
    const optimizer = sgd();
    const schedulers = [new ConstantLR(optimizer)];
    expect(() => new MultiStepLR(optimizer, untyped({ milestones: 5 }))).toThrow(/milestones are no list.*Received 5/);
    expect(() => new SequentialLR(optimizer, untyped({ schedulers, milestones: 5 }))).toThrow(/milestones are no list/);
    expect(() => new SequentialLR(optimizer, untyped({ milestones: [5] }))).toThrow(/schedulers are no list/);
    expect(() => new ChainedScheduler(optimizer, untyped({ schedulers: schedulers[0] }))).toThrow(/are no list/);
    const model = new Linear(2, 1);
    for (const params of [undefined, 3, model, () => model.parameters(), model.weight])
      expect(() => new optim.SGD(untyped([{ params }]))).toThrow(/params of group 0 of SGD are no list.*parentheses/);
  });
});

describe("averaging", () => {
  const model = () => new Linear(2, 1);
  const calls = new Map<string, () => readonly unknown[]>([
    ["AveragedModel", () => [model()]],
    ["SWALR", () => [sgd(), { swaLr: 0.1 }]],
    ["getEmaAvgFn", () => [0.9]],
    ["getEmaMultiAvgFn", () => [0.9]],
    ["getSwaAvgFn", () => []],
    ["getSwaMultiAvgFn", () => []],
    ["updateBn", () => [[], model()]],
  ]);

  it.each(Object.entries(optim.swaUtils))("%s refuses an argument behind the last one", async (name, value) => {
    const args = calls.get(name)?.();
    if (args === undefined) throw new Error(`say what ${name} is called with`);
    const isClass = /^[A-Z]/.test(name);
    const run = async (more: readonly unknown[]): Promise<unknown> =>
      isClass
        ? Reflect.construct(value, [...args, ...more])
        : await Reflect.apply(value, undefined, [...args, ...more]);
    await run([]);
    await expect(run([undefined, undefined, 1])).rejects.toThrow(new RegExp(`${name} takes fewer arguments`));
  });
});
