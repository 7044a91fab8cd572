import { nearestName } from "@lightning-ts/core";
import { EVERYTHING, isZeroLimit, parseLimit, type BatchLimit, type ResolvedLimit } from "../words/batch-limit.js";
import { describeValue } from "../errors/describe-value.js";
import { durationMs } from "../words/duration.js";
import { findConflicts } from "./find-conflicts.js";
import { ADVICE_FOR_LIGHTNING_OPTIONS } from "./lightning-options.js";
import { OPTION_RULES, type OptionRule } from "./option-rules.js";
import type { TrainerPlan, ValidationInterval } from "./plan.js";
import type { TrainerOptions } from "./trainer-options.js";

/** Fills in every default of options that were found to be right. */
export function resolvePlan(options: TrainerOptions): TrainerPlan {
  return Object.freeze(applyFastDevRun(applyBarebones(fillIn(options))));
}

/** Everything that is wrong with the options, one sentence each. */
export function findProblems(options: TrainerOptions): string[] {
  const problems: string[] = [];
  const sound = { ...options };
  const rules = new Map(Object.entries(OPTION_RULES));
  for (const [name, value] of Object.entries(options)) {
    const problem = value === undefined ? undefined : problemOf(name, value, rules);
    if (problem === undefined) continue;
    problems.push(problem);
    Reflect.deleteProperty(sound, name);
  }
  return [...problems, ...findConflicts(sound)];
}

function problemOf(name: string, value: unknown, rules: ReadonlyMap<string, OptionRule>): string | undefined {
  const rule = rules.get(name);
  if (rule === undefined) return unknownOption(name, rules.keys());
  if (value === null) return `${name}: null is not accepted; leave it out for the default`;
  const expected = rule(value);
  return expected === undefined ? undefined : `${name}: expected ${expected}, received ${describeValue(value)}`;
}

function unknownOption(name: string, known: Iterable<string>): string {
  const advice = ADVICE_FOR_LIGHTNING_OPTIONS.get(name);
  if (advice !== undefined) return `${name}: there is no such option (${advice})`;
  const nearest = nearestName(name, known);
  return `${name}: there is no such option${nearest === undefined ? "" : ` (did you mean ${nearest}?)`}`;
}

function fillIn(options: TrainerOptions): TrainerPlan {
  const overfit = limitOf(options.overfitBatches ?? 0);
  const isOverfitting = !isZeroLimit(overfit);
  return {
    fastDevRun: Number(options.fastDevRun ?? 0),
    maxEpochs: options.maxEpochs,
    minEpochs: options.minEpochs,
    maxSteps: options.maxSteps ?? -1,
    minSteps: options.minSteps,
    maxTimeMs: options.maxTime === undefined ? undefined : durationMs(options.maxTime),
    limits: {
      train: isOverfitting ? overfit : limitOf(options.limitTrainBatches),
      validate: isOverfitting ? overfit : limitOf(options.limitValBatches),
      test: limitOf(options.limitTestBatches),
      predict: limitOf(options.limitPredictBatches),
    },
    isOverfitting,
    validationInterval: intervalOf(options.valCheckInterval),
    checkValEveryNEpoch: options.checkValEveryNEpoch === false ? undefined : (options.checkValEveryNEpoch ?? 1),
    numSanityValSteps: options.numSanityValSteps === -1 ? Number.POSITIVE_INFINITY : (options.numSanityValSteps ?? 2),
    logEveryNSteps: options.logEveryNSteps ?? 50,
    logEveryNEvalSteps: options.logEveryNEvalSteps ?? 1,
    enableCheckpointing: options.enableCheckpointing ?? true,
    enableProgressBar: options.enableProgressBar ?? true,
    enableModelSummary: options.enableModelSummary ?? true,
    enableLogger: options.logger !== false,
    accumulateGradBatches: options.accumulateGradBatches ?? 1,
    gradientClipping:
      options.gradientClipVal === undefined || options.gradientClipVal === 0
        ? undefined
        : { value: options.gradientClipVal, algorithm: options.gradientClipAlgorithm ?? "norm" },
    detectAnomaly: options.detectAnomaly ?? false,
    barebones: options.barebones ?? false,
    reloadDataloadersEveryNEpochs: options.reloadDataloadersEveryNEpochs ?? 0,
    defaultRootDir: options.defaultRootDir,
    enableAutologHparams: options.enableAutologHparams ?? true,
    useDistributedSampler: options.useDistributedSampler ?? true,
    onInterrupt: options.onInterrupt ?? "return",
    schedulerFrequencyUnit: options.schedulerFrequencyUnit ?? "optimizerSteps",
    notes: notesOf(options),
  };
}

function limitOf(limit: BatchLimit | undefined): ResolvedLimit {
  return limit === undefined ? EVERYTHING : (parseLimit(limit) ?? EVERYTHING);
}

function intervalOf(interval: TrainerOptions["valCheckInterval"]): ValidationInterval {
  if (interval === undefined) return { kind: "fraction", fraction: 1 };
  const parsed = parseLimit(interval);
  if (parsed === undefined) return { kind: "time", ms: durationMs(interval) ?? 0 };
  return parsed.kind === "count" ? { kind: "batches", count: parsed.count } : parsed;
}

const LIMIT_NAMES = ["limitTrainBatches", "limitValBatches", "limitTestBatches", "limitPredictBatches"] as const;

function notesOf(options: TrainerOptions): string[] {
  const notes = LIMIT_NAMES.filter((name) => options[name] === 1).map(
    (name) => `${name}: 1 uses one batch; for all of them leave it out or write "100%".`,
  );
  if (options.valCheckInterval === 1)
    notes.push('valCheckInterval: 1 validates after every batch; for once per epoch leave it out or write "100%".');
  return notes;
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
    enableLogger: false,
  };
}
