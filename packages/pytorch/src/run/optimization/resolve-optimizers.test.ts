import { nn, OneCycleLR, optim } from "@lightning-ts/core";
import { describe, expect, it } from "vitest";
import { resolveOptimizers } from "./resolve-optimizers.js";

const layer = new nn.Linear(1, 1);
const sgd = () => new optim.SGD(layer.parameters(), { lr: 0.1 });
const decay = (optimizer: optim.Optimizer) => new optim.lrScheduler.StepLR(optimizer, { stepSize: 1 });

/** What the format gives, or the error that it is. */
function read(returned: unknown, isAutomatic = false) {
  try {
    const { optimizers, schedulers, warnings } = resolveOptimizers(returned, { isAutomatic });
    return { optimizers, schedulers: schedulers.map(({ scheduler }) => scheduler), warnings };
  } catch (error) {
    return error;
  }
}

function onlyScheduler(returned: unknown, isAutomatic = true) {
  return resolveOptimizers(returned, { isAutomatic }).schedulers[0];
}

describe("what configureOptimizers returns", () => {
  const [a, b] = [sgd(), sgd()];
  const [ofA, ofB] = [decay(a), decay(b)];

  it.each<[string, unknown, unknown[], unknown[]]>([
    ["an optimizer", a, [a], []],
    ["a list of optimizers", [a, b], [a, b], []],
    ["an object with an optimizer", { optimizer: a }, [a], []],
    ["an object with a scheduler", { optimizer: a, lrScheduler: ofA }, [a], [ofA]],
    ["an object with the configuration of a scheduler", { optimizer: a, lrScheduler: { scheduler: ofA } }, [a], [ofA]],
    ["a list of objects", [{ optimizer: a, lrScheduler: ofA }, { optimizer: b }], [a, b], [ofA]],
    [
      "optimizers and schedulers",
      [
        [a, b],
        [ofB, { scheduler: ofA }],
      ],
      [a, b],
      [ofB, ofA],
    ],
    ["optimizers and one scheduler", [[a], ofA], [a], [ofA]],
    ["optimizers and no scheduler", [[a, b], []], [a, b], []],
    ["nothing in both places", [[], []], [], []],
  ])("may be %s", (_name, returned, optimizers, schedulers) => {
    expect(read(returned)).toEqual({ optimizers, schedulers, warnings: [] });
  });

  it("may be nothing, and then the model does not change", () => {
    const warnings = ["configureOptimizers returned nothing: the model runs without an optimizer and does not change."];
    for (const nothing of [undefined, null])
      expect(read(nothing)).toEqual({ optimizers: [], schedulers: [], warnings });
  });

  it.each<[unknown, string]>([
    [3, "3"],
    [[], "[]"],
    [{}, "{}"],
    [{ optimizer: 3 }, "{ optimizer: 3 }"],
    [ofA, "an instance of StepLR"],
    [[a, 3], "[an instance of SGD, 3]"],
    [[[a]], "[[an instance of SGD]]"],
    [[[a], [], []], "[[an instance of SGD], [], []]"],
    [[[3], []], "[[3], []]"],
    [[null], "[null]"],
    [["text"], '["text"]'],
    [[{}], "[{}]"],
    ["text", '"text"'],
    [[{ optimizer: a }, 3], "[{ optimizer: an instance of SGD }, 3]"],
  ])("may not be %o", (returned, received) => {
    expect(read(returned)).toMatchObject({
      code: "LIT_CONFIGURE_OPTIMIZERS",
      message: `configureOptimizers returned something unknown. Expected an optimizer, { optimizer, lrScheduler?, monitor? }, a list of either, or [[optimizers], [schedulers]]. Received ${received}.`,
    });
  });

  it("is one optimizer where optimization is automatic", () => {
    expect(read([a], true)).toMatchObject({ optimizers: [a] });
    expect(read([a, b], true)).toMatchObject({
      code: "LIT_SEVERAL_OPTIMIZERS",
      message:
        "Automatic optimization works with one optimizer. Received 2 optimizers. Try: set this.automaticOptimization = false and step the optimizers in trainingStep: const [a, b] = this.optimizers().",
    });
  });

  it("may have keys that are unknown, which are pointed out", () => {
    expect(read({ optimizer: a, scheduler: ofA })).toMatchObject({
      warnings: [
        'the object that configureOptimizers returned has an unknown key "scheduler" (did you mean "lrScheduler"?); it is ignored.',
      ],
    });
    expect(read({ optimizer: a, monitor: "loss", zzzzzzzz: 1 })).toMatchObject({
      warnings: ['the object that configureOptimizers returned has an unknown key "zzzzzzzz"; it is ignored.'],
    });
    const config = { scheduler: ofA, interval: "step", frequency: 1, monitor: "a", strict: true, name: "b" };
    expect(read({ optimizer: a, lrScheduler: config })).toMatchObject({ warnings: [] });
    expect(read({ optimizer: a, lrScheduler: { ...config, intervall: "step" } })).toMatchObject({
      warnings: [
        'the scheduler\'s configuration has an unknown key "intervall" (did you mean "interval"?); it is ignored.',
      ],
    });
  });
});

describe("a learning-rate scheduler", () => {
  const optimizer = sgd();
  const scheduler = decay(optimizer);

  it("steps once for each epoch, unless it is told something else", () => {
    expect(onlyScheduler({ optimizer, lrScheduler: scheduler })).toEqual({
      scheduler,
      interval: "epoch",
      frequency: 1,
      monitor: undefined,
      strict: true,
      name: undefined,
      reduceOnPlateau: false,
    });
    const told = { interval: "batch", frequency: 3, monitor: "loss", strict: false, name: "slow" } as const;
    expect(onlyScheduler({ optimizer, lrScheduler: { scheduler, ...told } })).toEqual({
      scheduler,
      ...told,
      reduceOnPlateau: false,
    });
    expect(onlyScheduler({ optimizer, lrScheduler: { scheduler, interval: "step" } })?.interval).toBe("step");
  });

  it("that is bare watches the metric that stands beside the optimizer", () => {
    const plateau = new optim.lrScheduler.ReduceLROnPlateau(optimizer);
    expect(onlyScheduler({ optimizer, lrScheduler: plateau, monitor: "val_loss" })).toMatchObject({
      monitor: "val_loss",
      reduceOnPlateau: true,
    });
  });

  it("that reduces on a plateau has to know which metric, where optimization is automatic", () => {
    const plateau = new optim.lrScheduler.ReduceLROnPlateau(optimizer);
    expect(read([[optimizer], [plateau]], true)).toMatchObject({
      message:
        'ReduceLROnPlateau needs to know which metric to watch. Try: return { optimizer, lrScheduler: { scheduler, monitor: "val_loss" } } from configureOptimizers.',
    });
    expect(onlyScheduler([[optimizer], [plateau]], false)?.reduceOnPlateau).toBe(true);
  });

  it("must belong to an optimizer that is returned", () => {
    expect(read([[sgd()], [scheduler]])).toMatchObject({
      message:
        "StepLR belongs to an optimizer that configureOptimizers did not return. Try: return that optimizer too.",
    });
  });

  it.each<[object, string]>([
    [{ interval: "week" }, 'The interval of StepLR is unknown. Expected "epoch", "step" or "batch". Received "week".'],
    [{ frequency: 0 }, "The frequency of StepLR is not one. Expected a whole number of at least 1. Received 0."],
    [{ frequency: 1.5 }, "The frequency of StepLR is not one. Expected a whole number of at least 1. Received 1.5."],
  ])("is refused with %o", (config, message) => {
    expect(read({ optimizer, lrScheduler: { scheduler, ...config } })).toMatchObject({ message });
  });

  it("has the methods of one", () => {
    const like = {
      optimizer,
      step: () => 0,
      getLastLr: () => [],
      stateDict: () => ({}),
      loadStateDict: () => undefined,
    };
    expect(onlyScheduler([[optimizer], [like]])?.scheduler).toBe(like);
    for (const name of ["optimizer", "step", "stateDict", "loadStateDict"]) {
      const { [name]: _, ...rest }: Record<string, unknown> = like;
      expect(read([[optimizer], [rest]]), name).toMatchObject({
        message: expect.stringContaining(
          'configureOptimizers returned a learning-rate scheduler that is none. Expected a scheduler with step(), getLastLr(), stateDict(), loadStateDict() and optimizer, or { scheduler, interval: "epoch", frequency: 1, monitor: "val_loss" }. Received {',
        ),
      });
      expect(read([[optimizer], [{ scheduler: rest }]]), name).toBeInstanceOf(Error);
    }
    for (const value of [null, undefined, 3, "text", optimizer, { scheduler: null }, { scheduler: optimizer }, {}])
      expect(read([[optimizer], [value]])).toMatchObject({
        message: expect.stringContaining("configureOptimizers returned a learning-rate scheduler that is none."),
      });
    const stepping = Object.assign(sgd(), { optimizer });
    expect(read([[optimizer], [stepping]])).toMatchObject({ name: "MisconfigurationError" });
  });

  it("OneCycleLR for each epoch is pointed out", () => {
    const cycle = new OneCycleLR(optimizer, { maxLr: 1, totalSteps: 10 });
    expect(read([[optimizer], [cycle]])).toMatchObject({
      warnings: ['OneCycleLR steps once per epoch; did you mean interval: "step"?'],
    });
    expect(read([[optimizer], [{ scheduler: cycle, interval: "step" }]])).toMatchObject({ warnings: [] });
    expect(read([[optimizer], [scheduler]])).toMatchObject({ warnings: [] });
  });
});
