/** What the user called. Also the argument of `setup` and `teardown`. */
export type Stage = "fit" | "validate" | "test" | "predict";

/** What is going on right now; the sanity check and the validation inside `fit` have their own. */
export type RunningStage = "train" | "sanityCheck" | "validate" | "test" | "predict";

export type TrainerStatus = "initializing" | "running" | "finished" | "interrupted";

/** What was called, what of it is going on, and how it stands. */
export interface TrainerState {
  readonly fn: Stage | undefined;
  readonly stage: RunningStage | undefined;
  readonly status: TrainerStatus;
}

/** The two kinds of evaluation that hooks distinguish. */
export type EvaluationKind = "validation" | "test";
