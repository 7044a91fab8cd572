import type { Tensor } from "@tensorflow/tfjs-core";
import type { Buffer } from "../autograd/parameter.js";
import { classTally } from "../kernels/class-tally.js";
import { labelTally } from "../kernels/label-tally.js";
import { runFused } from "../kernels/run-fused.js";

/** What counts of right and wrong answers are kept in. */
export interface TallyStates {
  /** int32 [4, classes]: answers met, given, wanted, and rows. */
  readonly tally: Buffer;
  /** float32 [4]: the largest and the negated smallest class of targets and of predictions, -Infinity at first. */
  readonly range?: Buffer | undefined;
}

/** A batch of at least one row. */
export interface TallyBatch {
  /** Scores, float32 [rows, classes], or answers, int32. */
  readonly preds: Tensor;
  /** int32 */
  readonly target: Tensor;
  /** A target that counts nowhere. */
  readonly ignoreIndex?: number | undefined;
}

/**
 * Adds answers of one of several classes, as one kernel where the backend has it. Answers and targets are [rows].
 * @param batch.topK a target among so many highest scores is met
 */
export function tallyClasses(
  states: TallyStates,
  { preds, target, ignoreIndex, topK }: TallyBatch & { readonly topK: number },
): void {
  const attrs = { topK, ignores: ignoreIndex !== undefined, ignoreIndex: ignoreIndex ?? 0 };
  take(states, runFused(classTally, inputsOf(states, preds, target), attrs));
}

/** Adds answers of yes or no, as one kernel where the backend has it. Answers and targets are [rows, labels]. */
export function tallyLabels(
  states: TallyStates,
  { preds, target, ignoreIndex, threshold }: TallyBatch & { readonly threshold: number },
): void {
  const attrs = { threshold, ignores: ignoreIndex !== undefined, ignoreIndex: ignoreIndex ?? 0 };
  take(states, runFused(labelTally, inputsOf(states, preds, target), attrs));
}

function inputsOf({ tally, range }: TallyStates, preds: Tensor, target: Tensor) {
  return range === undefined ? { preds, target, tally } : { preds, target, tally, range };
}

function take({ tally, range }: TallyStates, [newTally, newRange]: readonly Tensor[]): void {
  if (newTally !== undefined) tally.assign(newTally);
  if (range !== undefined && newRange !== undefined) range.assign(newRange);
}
