import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { findUnknownFormat } from "./checkpoint-name.js";
import { durationMs, type Duration } from "../words/duration.js";

/**
 * Options of `new ModelCheckpoint()`. At most one of `everyNTrainSteps`, `trainTimeInterval` and `everyNEpochs`; 0
 * switches one of the counts off.
 */
export interface ModelCheckpointOptions {
  /** Folder for the files. @default `checkpoints` in the first logger's folder, else in `defaultRootDir` */
  readonly dirpath?: string | undefined;
  /** Name pattern, e.g. `"{epoch:02d}-{val_loss:.2f}"`. @default "{epoch}-{step}" */
  readonly filename?: string | undefined;
  /** Metric that decides which files are best; `"epoch"` and `"step"` are always there. @default none: the newest */
  readonly monitor?: string | undefined;
  /** Says what is saved. @default false */
  readonly verbose?: boolean | undefined;
  /**
   * Also keeps `last.ckpt`, the newest state whatever `monitor` says; with `"link"` a link to the newest file where
   * that holds the newest state. @default false
   */
  readonly saveLast?: boolean | "link" | undefined;
  /** How many of the best to keep; -1 for all, 0 for none. Without `monitor` only -1, 0 and 1. @default 1 */
  readonly saveTopK?: number | undefined;
  readonly saveOnException?: boolean | undefined;
  readonly saveWeightsOnly?: boolean | undefined;
  /** @default "min" */
  readonly mode?: "min" | "max" | undefined;
  /** @default true */
  readonly autoInsertMetricName?: boolean | undefined;
  readonly everyNTrainSteps?: number | undefined;
  readonly trainTimeInterval?: Duration | undefined;
  /** @default 1 when neither of the other two is given */
  readonly everyNEpochs?: number | undefined;
  /** Save at the end of the training epoch instead of after validation. @default decided from when validation runs */
  readonly saveOnTrainEpochEnd?: boolean | undefined;
  /** Append `-v1`, `-v2`, … when a file exists; otherwise overwrite it. @default true */
  readonly enableVersionCounter?: boolean | undefined;
}

const OPTION_NAMES = [
  "dirpath",
  "filename",
  "monitor",
  "verbose",
  "saveLast",
  "saveTopK",
  "saveOnException",
  "saveWeightsOnly",
  "mode",
  "autoInsertMetricName",
  "everyNTrainSteps",
  "trainTimeInterval",
  "everyNEpochs",
  "saveOnTrainEpochEnd",
  "enableVersionCounter",
] as const satisfies readonly (keyof ModelCheckpointOptions)[];

/** When a ModelCheckpoint saves. 0 switches a trigger off. */
export interface CheckpointTriggers {
  readonly everyNTrainSteps: number;
  readonly everyNEpochs: number;
  readonly intervalMs: number | undefined;
}

/** @throws MisconfigurationError for what cannot work */
export function resolveTriggers(options: ModelCheckpointOptions): CheckpointTriggers {
  rejectUnknownOptions("ModelCheckpoint", options, OPTION_NAMES);
  const { everyNTrainSteps, everyNEpochs, trainTimeInterval, saveTopK = 1, mode = "min", monitor } = options;
  const given = [everyNTrainSteps, everyNEpochs, trainTimeInterval].filter((one) => one !== undefined);
  const used = given.filter((one) => one !== 0).length;
  if (used > 1) throw wrong("at most one of everyNTrainSteps, everyNEpochs and trainTimeInterval", `${used} of them`);
  for (const count of [everyNTrainSteps, everyNEpochs])
    if (count !== undefined && !(Number.isInteger(count) && count >= 0))
      throw wrong("whole numbers of at least 0 for everyNTrainSteps and everyNEpochs", describeValue(count));
  if (!Number.isInteger(saveTopK) || saveTopK < -1)
    throw wrong("a whole number of at least -1 for saveTopK", describeValue(saveTopK));
  if (monitor === undefined && ![-1, 0, 1].includes(saveTopK))
    throw wrong("saveTopK -1, 0 or 1 when there is no monitor", String(saveTopK));
  if (mode !== "min" && mode !== "max") throw wrong('mode "min" or "max"', describeValue(mode));
  checkNames(options);
  const intervalMs = trainTimeInterval === undefined ? undefined : durationMs(trainTimeInterval);
  if (trainTimeInterval !== undefined && intervalMs === undefined)
    throw wrong('a duration for trainTimeInterval, such as "00:00:30:00"', describeValue(trainTimeInterval));
  return {
    everyNTrainSteps: everyNTrainSteps ?? 0,
    everyNEpochs: everyNEpochs ?? (given.length === 0 ? 1 : 0),
    intervalMs: intervalMs === 0 ? undefined : intervalMs,
  };
}

function checkNames({ dirpath, filename, saveLast }: ModelCheckpointOptions): void {
  if (filename !== undefined && (typeof filename !== "string" || filename === ""))
    throw wrong('a pattern for filename, such as "{epoch:02d}-{val_loss:.2f}"', describeValue(filename));
  const format = filename === undefined ? undefined : findUnknownFormat(filename);
  if (format !== undefined) throw wrong("formats such as :02d, :.2f, :.3e or :g in filename", `:${format}`);
  if (dirpath !== undefined && (typeof dirpath !== "string" || dirpath === ""))
    throw wrong("the path of a folder for dirpath", describeValue(dirpath));
  if (saveLast !== undefined && typeof saveLast !== "boolean" && saveLast !== "link")
    throw wrong('true, false or "link" for saveLast', describeValue(saveLast));
}

function wrong(expected: string, received: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_MODEL_CHECKPOINT",
    message: "The options of ModelCheckpoint do not fit.",
    expected,
    received,
  });
}
