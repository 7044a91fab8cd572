import { CheckpointWriteError } from "@lightning-ts/fabric";
import type { Trainer } from "../contract/trainer.js";

/**
 * Something that saves, as `onSaveError` has it: with `"warn"` each checkpoint that cannot be written is said, and the
 * run goes on. What was saved before is untouched, and the next save tries again.
 */
export function tolerateSaveErrors(trainer: Trainer, save: () => void | Promise<void>): () => void | Promise<void> {
  if (trainer.onSaveError !== "warn") return save;
  return async () => {
    try {
      await save();
    } catch (error) {
      if (!(error instanceof CheckpointWriteError)) throw error;
      trainer.warn(
        `save ${error.path} at ${trainer.globalStep}`,
        `${error.message} The run goes on, as onSaveError: "warn" says.`,
      );
    }
  };
}
