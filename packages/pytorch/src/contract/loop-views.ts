import type { Progress } from "../words/loop-progress.js";

/** How far a fit has come. To change its limits, use those of the Trainer. */
export interface FitLoopView {
  readonly epochProgress: Progress;
  readonly batchProgress: Progress;
  /** The loop over the batches of an epoch. */
  readonly epochLoop: EpochLoopView;
  /** `-1` for no limit. */
  readonly maxEpochs: number;
  readonly minEpochs: number;
  /** `-1` for no limit. */
  readonly maxSteps: number;
  readonly minSteps: number;
  /** Batches of an epoch; `Infinity` when unknown. */
  readonly maxBatches: number;
}

export interface EpochLoopView {
  readonly batchProgress: Progress;
  /** Number of the batch in its epoch; -1 before the first. */
  readonly batchIdx: number;
  /** Number of the batch in all epochs; -1 before the first. */
  readonly totalBatchIdx: number;
  readonly globalStep: number;
  /** The validations inside the fit. */
  readonly valLoop: EvaluationLoopView;
}

/** How far an evaluation, or a prediction, has come. */
export interface EvaluationLoopView {
  readonly batchProgress: Progress;
  /** Batches of each loader; `Infinity` when unknown. */
  readonly maxBatches: readonly number[];
  readonly numDataloaders: number;
}

/** How far a prediction has come, and what callbacks that write predictions need of it. */
export interface PredictionLoopView extends EvaluationLoopView {
  /** The items of the batch that is under way; undefined where the loader does not know, or no callback writes. */
  readonly currentBatchIndices: readonly number[] | undefined;
  /** For each loader the items of each of its batches; empty for a loader that does not know. */
  readonly epochBatchIndices: readonly (readonly (readonly number[])[])[];
  /** The predictions of each batch, with several loaders a list for each; empty where nobody needs them. */
  readonly predictions: readonly unknown[];
}
