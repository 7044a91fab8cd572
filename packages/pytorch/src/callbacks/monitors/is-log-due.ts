import type { Trainer } from "../../contract/trainer.js";

/**
 * Whether a row is due by `logEveryNSteps`: in a fit by the steps that were taken, in the other stages by the batches
 * that were begun.
 */
export function isLogDue(trainer: Trainer): boolean {
  const { logEveryNSteps: every, shouldStop, stage } = trainer;
  if (every === 0) return false;
  const count = stage === "fit" ? trainer.batchesThatStepped + 1 : batchesBegun(trainer);
  return count % every === 0 || shouldStop;
}

/** Batches of the evaluation that is under way, in this call. */
function batchesBegun({ stage, validateLoop, testLoop, predictLoop }: Trainer): number {
  const loop = stage === "validate" ? validateLoop : stage === "test" ? testLoop : predictLoop;
  return loop.batchProgress.current.ready;
}
