import { durationMs, type Duration } from "../words/duration.js";
import { parseLimit } from "../words/batch-limit.js";
import type { TrainerOptions } from "./trainer-options.js";

/** What a value must be, in words, when it is not that; `undefined` when it is. */
export type OptionRule = (value: unknown) => string | undefined;

/**
 * One rule for each option; what connects to the device is checked by whoever connects. Rules that need several options
 * are in `find-conflicts.ts`.
 */
export const OPTION_RULES: { readonly [TName in keyof TrainerOptions]-?: OptionRule } = {
  accelerator: anything,
  strategy: anything,
  devices: anything,
  numNodes: anything,
  precision: anything,
  plugins: anything,
  ports: anything,
  logger: loggers,
  callbacks: callbacks,
  fastDevRun: (value) =>
    typeof value === "boolean" || isCount(value, 0) ? undefined : "true, false or a whole number of batches",
  maxEpochs: count(-1),
  minEpochs: count(0),
  maxSteps: count(-1),
  minSteps: count(0),
  maxTime: duration,
  limitTrainBatches: limit,
  limitValBatches: limit,
  limitTestBatches: limit,
  limitPredictBatches: limit,
  overfitBatches: limit,
  valCheckInterval: interval,
  checkValEveryNEpoch: (value) =>
    value === false || isCount(value, 1) ? undefined : "a whole number of at least 1, or false",
  numSanityValSteps: count(-1),
  logEveryNSteps: count(0),
  logEveryNEvalSteps: count(0),
  enableCheckpointing: flag,
  enableProgressBar: flag,
  enableModelSummary: flag,
  accumulateGradBatches: count(1),
  gradientClipVal: (value) => (typeof value === "number" && value >= 0 ? undefined : "a number of at least 0"),
  gradientClipAlgorithm: oneOf("norm", "value"),
  detectAnomaly: flag,
  barebones: flag,
  reloadDataloadersEveryNEpochs: count(0),
  defaultRootDir: (value) => (typeof value === "string" && value !== "" ? undefined : "the path of a folder"),
  enableAutologHparams: flag,
  useDistributedSampler: flag,
  onInterrupt: oneOf("return", "throw"),
  schedulerFrequencyUnit: oneOf("optimizerSteps", "batches"),
};

function anything(): undefined {
  return undefined;
}

function flag(value: unknown): string | undefined {
  return typeof value === "boolean" ? undefined : "true or false";
}

function isCount(value: unknown, least: number): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least;
}

function count(least: number): OptionRule {
  const expected = least === -1 ? "a whole number of at least 0, or -1" : `a whole number of at least ${least}`;
  return (value) => (isCount(value, least) ? undefined : expected);
}

function oneOf(...names: readonly string[]): OptionRule {
  const expected = names.map((name) => `"${name}"`).join(" or ");
  return (value) => (typeof value === "string" && names.includes(value) ? undefined : expected);
}

function limit(value: unknown): string | undefined {
  return parseLimit(value) === undefined
    ? 'a whole number of batches (0 or more), a fraction below 1, or a percentage such as "25%"'
    : undefined;
}

function isDurationShaped(value: unknown): value is Exclude<Duration, number> {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

function duration(value: unknown): string | undefined {
  const isDuration = (typeof value === "number" || isDurationShaped(value)) && durationMs(value) !== undefined;
  return isDuration ? undefined : 'milliseconds, "DD:HH:MM:SS", or { days, hours, minutes, seconds }';
}

function interval(value: unknown): string | undefined {
  const parsed = parseLimit(value);
  const isPart = parsed !== undefined && (parsed.kind === "count" ? parsed.count > 0 : parsed.fraction > 0);
  if (isPart || (isDurationShaped(value) && durationMs(value) !== undefined)) return undefined;
  return 'a whole number of batches (1 or more), a fraction of an epoch such as 0.5 or "100%", or a time such as "00:00:10:00"';
}

function loggers(value: unknown): string | undefined {
  if (typeof value === "boolean") return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isLogger = (item: unknown) => typeof item === "object" && item !== null && "logMetrics" in item;
  return list.every(isLogger) ? undefined : "true, false, a logger or a list of loggers";
}

function callbacks(value: unknown): string | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isCallback = (item: unknown) => typeof item === "object" && item !== null && "stateKey" in item;
  return list.every(isCallback)
    ? undefined
    : "a Callback or a list of Callbacks (new LambdaCallback({ … }) makes one of functions)";
}
