import type { Callback } from "../contract/callback.js";
import { Checkpoint } from "../callbacks/checkpoint.js";
import { ProgressBar } from "../callbacks/progress-bar.js";
import { findSharedKeys } from "../contract/state-keys.js";
import { Callback as BaseCallback } from "../contract/callback.js";
import type { TrainerOptions } from "./trainer-options.js";

/** Options that are fine by themselves but exclude each other: one sentence for each problem. */
export function findConflicts(options: TrainerOptions): string[] {
  const callbacks = callbackList(options.callbacks);
  return [
    ...callbackConflicts(options, callbacks),
    ...barebonesConflicts(options),
    ...intervalConflicts(options),
    ...limitConflicts(options),
    ...determinismConflicts(options),
  ];
}

/** The callbacks of an option that may be one, several or none. */
export function callbackList(callbacks: TrainerOptions["callbacks"]): readonly Callback[] {
  if (callbacks === undefined) return [];
  return callbacks instanceof BaseCallback ? [callbacks] : callbacks;
}

function callbackConflicts(options: TrainerOptions, callbacks: readonly Callback[]): string[] {
  const problems: string[] = [];
  const bars = callbacks.filter((callback) => callback instanceof ProgressBar);
  if (options.enableCheckpointing === false && callbacks.some((callback) => callback instanceof Checkpoint)) {
    problems.push("enableCheckpointing is false, but callbacks has a checkpoint callback: remove one of the two");
  }
  if (options.enableProgressBar === false && bars.length > 0)
    problems.push("enableProgressBar is false, but callbacks has a progress bar: remove one of the two");
  if (bars.length > 1) problems.push(`callbacks has ${bars.length} progress bars: keep one`);
  if (new Set(callbacks).size < callbacks.length)
    problems.push("callbacks has the same object twice: remove one of the two");
  return [...problems, ...duplicateKeys(callbacks)];
}

function duplicateKeys(callbacks: readonly Callback[]): string[] {
  return findSharedKeys([...new Set(callbacks)])
    .filter(({ areNamesakes }) => !areNamesakes)
    .map(
      ({ key }) =>
        `callbacks has two with the state key "${key}": override stateKey, so that a checkpoint can tell them apart`,
    );
}

const OFF_IN_BAREBONES = [
  "enableCheckpointing",
  "enableProgressBar",
  "enableModelSummary",
  "detectAnomaly",
  "terminateOnNan",
  "fastDevRun",
  "logger",
  "numSanityValSteps",
  "logEveryNSteps",
  "profiler",
] as const;

function barebonesConflicts(options: TrainerOptions): string[] {
  if (options.barebones !== true) return [];
  return OFF_IN_BAREBONES.filter(
    (name) => options[name] !== undefined && options[name] !== false && options[name] !== 0,
  ).map((name) => `barebones switches ${name} off: remove one of the two`);
}

function limitConflicts({ minEpochs = 0, maxEpochs = -1, minSteps = 0, maxSteps = -1 }: TrainerOptions): string[] {
  const problems: string[] = [];
  if (maxEpochs !== -1 && minEpochs > maxEpochs)
    problems.push(`minEpochs ${minEpochs} is more than maxEpochs ${maxEpochs}`);
  if (maxSteps !== -1 && minSteps > maxSteps) problems.push(`minSteps ${minSteps} is more than maxSteps ${maxSteps}`);
  return problems;
}

function intervalConflicts(options: TrainerOptions): string[] {
  if (options.checkValEveryNEpoch !== false) return [];
  const interval = options.valCheckInterval;
  const isFraction =
    interval === undefined ||
    (typeof interval === "number"
      ? !Number.isInteger(interval)
      : typeof interval === "string" && interval.endsWith("%"));
  return isFraction
    ? ["checkValEveryNEpoch is false, so valCheckInterval must be a whole number of batches or a time"]
    : [];
}

function determinismConflicts({ deterministic, accelerator }: TrainerOptions): string[] {
  return deterministic === true && accelerator === "tensorflow"
    ? ["deterministic is true, but the backend tensorflow does not promise the same bits: remove one of the two"]
    : [];
}
