import type { Trainer } from "../contract/trainer.js";

/** A moment of a fit that has been written to a file. */
export interface SavedState {
  readonly path: string;
  readonly globalStep: number;
  readonly batchesSeen: number;
}

/** The state before anything was saved: a run at its very beginning needs no checkpoint. */
export const NOTHING_SAVED: SavedState = { path: "", globalStep: 0, batchesSeen: 0 };

/** The present moment, which is about to be written to `path`. */
export function savedNow({ globalStep, batchesSeen }: Trainer, path: string): SavedState {
  return { path, globalStep, batchesSeen };
}

/** Whether the weights are still those of that moment. */
export function isSameStep(trainer: Trainer, saved: SavedState): boolean {
  return trainer.globalStep === saved.globalStep;
}

/** Whether not even a batch of an open accumulation window has come since. */
export function isSameBatch(trainer: Trainer, saved: SavedState): boolean {
  return isSameStep(trainer, saved) && trainer.batchesSeen === saved.batchesSeen;
}
