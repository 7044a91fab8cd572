import type { Trainer } from "../contract/trainer.js";
import type { ModelCheckpointOptions } from "./model-checkpoint-options.js";
import type { ModelCheckpointState } from "./model-checkpoint-state.js";

/** Tells loggers which files a ModelCheckpoint keeps, for those that send them somewhere. */
export function reportKept(
  trainer: Trainer,
  callback: string,
  { bestModelPath, lastModelPath, bestKModels }: ModelCheckpointState,
  options: ModelCheckpointOptions,
): Promise<void> {
  const { monitor, mode = "min", saveLast = false, saveTopK = 1, saveWeightsOnly = false } = options;
  return trainer.reportCheckpoints({
    callback,
    bestModelPath,
    lastModelPath,
    scores: new Map(bestKModels),
    saveTopK,
    settings: { monitor: monitor ?? null, mode, saveLast, saveTopK, saveWeightsOnly },
  });
}
