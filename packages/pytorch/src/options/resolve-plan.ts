import type { FileSystem } from "@lightning-ts/core";
import { isZeroLimit, type ResolvedLimit } from "../words/batch-limit.js";
import { PLAN_OPTIONS, TRAINER_OPTIONS } from "./option-table.js";
import type { PlannedOptions, TrainerPlan } from "./plan.js";
import type { TrainerOptions } from "./trainer-options.js";

/** Fills in every default of options that were found to be right. */
export function resolvePlan(options: TrainerOptions, files: FileSystem): TrainerPlan {
  return Object.freeze(applyFastDevRun(applyBarebones(fillIn(options, files))));
}

/** Each option or its default, parsed. The compiler cannot follow one loop over entries of many types. */
function planOptions(options: TrainerOptions): PlannedOptions;
function planOptions(options: TrainerOptions): Readonly<Record<string, unknown>> {
  const given = new Map<string, unknown>(Object.entries(options));
  return Object.fromEntries(
    Object.entries(PLAN_OPTIONS).map(([name, definition]) => {
      const value = given.get(name) ?? ("default" in definition ? definition.default : undefined);
      return [name, value === undefined ? undefined : definition.kind.parse(value)];
    }),
  );
}

function fillIn(options: TrainerOptions, files: FileSystem): TrainerPlan {
  const {
    minEpochs,
    maxTime,
    limitTrainBatches,
    limitValBatches,
    limitTestBatches,
    limitPredictBatches,
    overfitBatches,
    valCheckInterval,
    gradientClipVal,
    gradientClipAlgorithm,
    defaultRootDir,
    ...others
  } = planOptions(options);
  const isOverfitting = !isZeroLimit(overfitBatches);
  return {
    ...others,
    minEpochs: minEpochs ?? (options.minSteps === undefined ? 0 : 1),
    maxTimeMs: maxTime,
    limits: {
      train: isOverfitting ? overfitBatches : limitTrainBatches,
      validate: isOverfitting ? overfitBatches : limitValBatches,
      test: limitTestBatches,
      predict: limitPredictBatches,
    },
    isOverfitting,
    validationInterval: valCheckInterval,
    gradientClipping:
      gradientClipVal === undefined || gradientClipVal === 0
        ? undefined
        : { value: gradientClipVal, algorithm: gradientClipAlgorithm },
    defaultRootDir: files.resolve(defaultRootDir ?? files.workingDirectory()),
    enableLogger: options.logger !== false,
    notes: notesOf(options),
  };
}

function notesOf(options: TrainerOptions): string[] {
  const given = new Map<string, unknown>(Object.entries(options));
  return Object.entries(TRAINER_OPTIONS).flatMap(([name, { kind }]) => {
    const value = given.get(name);
    const note = kind.note?.(value);
    return note === undefined ? [] : [`${name}: ${String(value)} ${note}.`];
  });
}

function applyBarebones(plan: TrainerPlan): TrainerPlan {
  if (!plan.barebones) return plan;
  return {
    ...plan,
    enableCheckpointing: false,
    enableProgressBar: false,
    enableModelSummary: false,
    enableLogger: false,
    numSanityValSteps: 0,
    logEveryNSteps: 0,
    logEveryNEvalSteps: 0,
  };
}

function applyFastDevRun(plan: TrainerPlan): TrainerPlan {
  const count = plan.fastDevRun;
  if (count === 0) return plan;
  const limit: ResolvedLimit = { kind: "count", count };
  const { train, validate } = plan.limits;
  return {
    ...plan,
    limits: {
      train: plan.isOverfitting ? train : limit,
      validate: plan.isOverfitting ? validate : limit,
      test: limit,
      predict: limit,
    },
    maxSteps: count,
    maxEpochs: 1,
    numSanityValSteps: 0,
    validationInterval: { kind: "fraction", fraction: 1 },
    checkValEveryNEpoch: 1,
    maxTimeMs: undefined,
  };
}
