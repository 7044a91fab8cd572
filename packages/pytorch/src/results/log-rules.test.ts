import { describe, expect, it } from "vitest";
import type { LogOptions } from "../words/log-options.js";
import { resolveWhen } from "./log-rules.js";

const EACH_STEP = [
  "trainingStep",
  "onTrainBatchStart",
  "onTrainBatchEnd",
  "onBeforeBackward",
  "backward",
  "onAfterBackward",
  "onBeforeOptimizerStep",
  "optimizerStep",
  "configureGradientClipping",
  "clipGradients",
  "onBeforeZeroGrad",
  "optimizerZeroGrad",
];
const EACH_EPOCH = [
  "validationStep",
  "testStep",
  "onValidationBatchStart",
  "onValidationBatchEnd",
  "onTestBatchStart",
  "onTestBatchEnd",
];
const ONLY_EPOCH = [
  "onTrainStart",
  "onTrainEpochStart",
  "onTrainEpochEnd",
  "onValidationStart",
  "onValidationEpochStart",
  "onValidationEpochEnd",
  "onTestStart",
  "onTestEpochStart",
  "onTestEpochEnd",
];

function refusal(hook: string, options: LogOptions): unknown {
  try {
    return resolveWhen(hook, options);
  } catch (error) {
    return error;
  }
}

describe("when log() publishes", () => {
  it.each(EACH_STEP)("in %s: every step, unless it is told something else", (hook) => {
    expect(resolveWhen(hook, {})).toEqual({ onStep: true, onEpoch: false });
    expect(resolveWhen(hook, { onStep: false, onEpoch: true })).toEqual({ onStep: false, onEpoch: true });
    expect(resolveWhen(hook, { onEpoch: true })).toEqual({ onStep: true, onEpoch: true });
  });

  it.each(EACH_EPOCH)("in %s: every epoch, unless it is told something else", (hook) => {
    expect(resolveWhen(hook, {})).toEqual({ onStep: false, onEpoch: true });
    expect(resolveWhen(hook, { onStep: true })).toEqual({ onStep: true, onEpoch: true });
  });

  it.each(ONLY_EPOCH)("in %s: the epoch, and nothing else", (hook) => {
    expect(resolveWhen(hook, {})).toEqual({ onStep: false, onEpoch: true });
    expect(resolveWhen(hook, { onStep: false, onEpoch: true })).toEqual({ onStep: false, onEpoch: true });
    const wrong = { code: "LIT_LOG_WHEN", message: expect.stringContaining(`In ${hook} there is no step to log.`) };
    expect(refusal(hook, { onStep: true })).toMatchObject(wrong);
    expect(refusal(hook, { onEpoch: false })).toMatchObject(wrong);
  });

  it("says what would fit at the end of an epoch", () => {
    expect(refusal("onTrainEpochEnd", { onStep: true })).toMatchObject({
      message:
        "In onTrainEpochEnd there is no step to log. Expected onStep: false, onEpoch: true. Received onStep: true, onEpoch: true.",
    });
  });

  it("refuses what would never be seen", () => {
    expect(refusal("trainingStep", { onStep: false })).toMatchObject({
      code: "LIT_LOG_WHEN",
      message:
        "log() with onStep: false and onEpoch: false in trainingStep would never be seen. Try: set one of them to true.",
    });
  });

  it("refuses hooks in which nothing is collected, and names the others", () => {
    expect(refusal("onFitStart", {})).toMatchObject({
      code: "LIT_LOG_HOOK",
      message: `log() does not work in onFitStart: nothing is collected there. Expected one of ${[...EACH_STEP, ...EACH_EPOCH, ...ONLY_EPOCH].join(", ")}. Try: this.logger.logMetrics({ … }), which writes at once.`,
    });
  });
});
