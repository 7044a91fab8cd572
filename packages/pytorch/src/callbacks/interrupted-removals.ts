import type { Trainer } from "../contract/trainer.js";
import type { ModelCheckpointState } from "./model-checkpoint-state.js";

/**
 * Of the files that a run was about to remove when it was killed, those that are its own and are kept for nothing else.
 */
export async function interruptedRemovals(
  trainer: Trainer,
  { bestKModels, bestModelPath, lastModelPath, outdated }: ModelCheckpointState,
): Promise<readonly string[]> {
  const kept = [...bestKModels.map(([path]) => path), bestModelPath, lastModelPath];
  const own: string[] = [];
  for (const path of outdated)
    if (!kept.includes(path) && (await trainer.stepBeforeResuming(path)) !== undefined) own.push(path);
  return own;
}
