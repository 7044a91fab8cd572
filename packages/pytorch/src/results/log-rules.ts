import { MisconfigurationError } from "@lightning-ts/core";
import type { LogOptions } from "../words/log-options.js";

/** Which `onStep` and `onEpoch` a hook uses by default, and whether it may use others. */
interface LogRule {
  readonly onStep: boolean;
  readonly onEpoch: boolean;
  readonly isFixed: boolean;
}

const EACH_STEP: LogRule = { onStep: true, onEpoch: false, isFixed: false };
const EACH_EPOCH: LogRule = { onStep: false, onEpoch: true, isFixed: false };
const ONLY_EPOCH: LogRule = { onStep: false, onEpoch: true, isFixed: true };

const RULES = new Map<string, LogRule>([
  ...[
    "trainingStep",
    "onTrainBatchStart",
    "onTrainBatchEnd",
    "onBeforeBackward",
    "backward",
    "onAfterBackward",
    "onBeforeOptimizerStep",
  ].map((name) => [name, EACH_STEP] as const),
  ...["optimizerStep", "configureGradientClipping", "clipGradients", "onBeforeZeroGrad", "optimizerZeroGrad"].map(
    (name) => [name, EACH_STEP] as const,
  ),
  ...[
    "validationStep",
    "testStep",
    "onValidationBatchStart",
    "onValidationBatchEnd",
    "onTestBatchStart",
    "onTestBatchEnd",
  ].map((name) => [name, EACH_EPOCH] as const),
  ...[
    "onTrainStart",
    "onTrainEpochStart",
    "onTrainEpochEnd",
    "onValidationStart",
    "onValidationEpochStart",
    "onValidationEpochEnd",
  ].map((name) => [name, ONLY_EPOCH] as const),
  ...["onTestStart", "onTestEpochStart", "onTestEpochEnd"].map((name) => [name, ONLY_EPOCH] as const),
]);

/**
 * Decides `onStep` and `onEpoch` for a call of `log` in a hook.
 * @throws MisconfigurationError when the hook cannot log, or not like this
 */
export function resolveWhen(
  hook: string,
  options: LogOptions,
): { readonly onStep: boolean; readonly onEpoch: boolean } {
  const rule = RULES.get(hook);
  if (rule === undefined) {
    throw new MisconfigurationError({
      code: "LIT_LOG_HOOK",
      message: `log() does not work in ${hook}: nothing is collected there.`,
      expected: `one of ${[...RULES.keys()].join(", ")}`,
      tryThis: "this.logger.logMetrics({ … }), which writes at once.",
    });
  }
  const onStep = options.onStep ?? rule.onStep;
  const onEpoch = options.onEpoch ?? rule.onEpoch;
  if (rule.isFixed && (onStep !== rule.onStep || onEpoch !== rule.onEpoch)) {
    throw new MisconfigurationError({
      code: "LIT_LOG_WHEN",
      message: `In ${hook} there is no step to log.`,
      expected: `onStep: ${rule.onStep}, onEpoch: ${rule.onEpoch}`,
      received: `onStep: ${onStep}, onEpoch: ${onEpoch}`,
    });
  }
  if (!onStep && !onEpoch) {
    throw new MisconfigurationError({
      code: "LIT_LOG_WHEN",
      message: `log() with onStep: false and onEpoch: false in ${hook} would never be seen.`,
      tryThis: "set one of them to true.",
    });
  }
  return { onStep, onEpoch };
}
