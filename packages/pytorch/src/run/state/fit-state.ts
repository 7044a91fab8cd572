import { rememberForRollback } from "@lightning-ts/core";
import {
  describeCursor,
  moveCursor,
  START,
  type Cursor,
  type CursorEvent,
  type MovingCursor,
} from "../../words/cursor.js";
import type { StageData } from "../../data/stage-data.js";
import { copyProgress, emptyProgress, standAt } from "../../words/loop-progress.js";
import type { RunningStage, Stage, TrainerStatus } from "../../words/stages.js";

/** How far a fit goes, as the Trainer was told. */
export interface FitLimits {
  readonly accumulateGradBatches: number;
  readonly maxSteps: number;
  readonly maxEpochs: number | undefined;
}

/** Predictions of each loader, and the items of its batches, while callbacks write them. */
export interface Predicted {
  readonly predictions: readonly (readonly unknown[])[];
  readonly batchIndices: readonly (readonly (readonly number[])[])[];
  readonly currentBatchIndices: readonly number[] | undefined;
}

export const NOTHING_PREDICTED: Predicted = { predictions: [], batchIndices: [], currentBatchIndices: undefined };

/** What changes while a Trainer runs. The loops are the only ones that write the position. */
export class FitState {
  #cursor: MovingCursor = { ...START };
  stage: Stage | undefined;
  runningStage: RunningStage | undefined;
  status: TrainerStatus = "initializing";
  /** The wish of this rank to stop. Anybody may set it at any time; loops read `isStopping`. */
  shouldStop = false;
  /** What all ranks decided at the last safe point; undefined where there is one rank, whose wish counts at once. */
  agreedStop: boolean | undefined;
  /** Why the run stopped or will stop, in words. */
  stopReason: string | undefined;
  /** Ctrl-C, SIGTERM or an aborted signal: stop after this step. */
  interruption: string | undefined;
  /** The cluster is about to end the job: save, and ask to be started again. */
  isRequeueAsked = false;
  /** Which fit of its process this is, where a job may be started again. */
  fitOfProcess = 0;
  /** A second signal has come: nothing is waited for, and no checkpoint is begun. */
  stopsAtOnce = false;
  /** Something that a hook started and did not wait for has failed. */
  strayFailure: Error | undefined;
  /** The run has not come to its first step, and can be left without harm to other ranks. */
  isSettingUp = false;
  /** The last batch of this epoch is being trained. */
  isLastBatch = false;
  /** Training steps compute and log, and nothing is learnt from them. */
  skipsBackward = false;
  /** Steps that were counted have been taken back, because something that was computed with them failed. */
  isTakenBack = false;
  /** A validation inside a fit has been completed. */
  hasValidated = false;
  /** Batch and loader of the evaluation that is running, for messages. */
  evaluationPosition: { readonly batchIdx: number; readonly dataloaderIdx: number } | undefined;

  /** Batches per optimizer step; hooks may change it between epochs. */
  accumulateGradBatches: number;
  /** -1 for no limit. */
  maxSteps: number;
  /** -1 for no limit; undefined until a fit decides. */
  epochLimit: number | undefined;
  /** Batches of a training epoch; `Infinity` when unknown. */
  numTrainingBatches = 0;
  numEvaluationBatches = 0;
  /** The loaders of the evaluations that were asked for last. */
  loaded: Readonly<Partial<Record<Exclude<Stage, "fit">, StageData>>> = {};
  progress = emptyProgress();
  /** What the prediction that is under way has given so far. */
  predicted = NOTHING_PREDICTED;
  /** The checkpoint that the current or last run was started from. */
  ckptPath: string | undefined;
  /** The one that was set on the Trainer, for runs that are called without one. */
  chosenCkptPath: string | undefined;

  constructor(limits: FitLimits) {
    this.accumulateGradBatches = limits.accumulateGradBatches;
    this.maxSteps = limits.maxSteps;
    this.epochLimit = limits.maxEpochs;
  }

  get maxEpochs(): number {
    return this.epochLimit ?? -1;
  }

  /** Whether the run stops, once the minimum of epochs and steps is reached. */
  get isStopping(): boolean {
    return this.agreedStop ?? this.shouldStop;
  }
  get cursor(): Cursor {
    return this.#cursor;
  }

  /** A state for a run that a hook of this one starts: it begins where this one stands, and its changes are its own. */
  fork(): FitState {
    const inner = Object.assign(new FitState(this), this);
    inner.#cursor = { ...this.#cursor };
    inner.progress = copyProgress(this.progress);
    inner.runningStage = undefined;
    inner.evaluationPosition = undefined;
    return inner;
  }

  /** A run begins: wishes of the run before are forgotten, and by a fit its loaders. */
  begin(stage: Stage): void {
    this.stage = stage;
    this.runningStage = stage === "fit" ? "train" : stage;
    this.status = "running";
    this.isTakenBack = false;
    this.skipsBackward = false;
    this.shouldStop = false;
    this.agreedStop = undefined;
    this.stopReason = undefined;
    this.interruption = undefined;
    this.isRequeueAsked = false;
    this.stopsAtOnce = false;
    this.strayFailure = undefined;
    this.isSettingUp = false;
    if (stage !== "fit") return;
    const { validate: _, ...others } = this.loaded;
    this.loaded = others;
  }

  /** A fit begins: the epoch that one before left half done begins again. */
  beginFit(): void {
    const { ready, completed } = this.progress.epoch.total;
    if (ready !== completed) standAt(this.progress, this.#cursor);
  }

  move(event: CursorEvent): void {
    // A beginning belongs to the step that comes, everything else to what was recorded before it.
    const belongsTo =
      event.type === "batchBegins" || event.type === "epochBegins" || event.type === "fitBegins" ? "next" : "before";
    rememberForRollback(this, () => this.#snapshot(), { belongsTo });
    moveCursor(this.#cursor, event);
  }

  #snapshot(): () => void {
    const before = { ...this.#cursor };
    return () => {
      Object.assign(this.#cursor, before);
      this.isTakenBack = true;
    };
  }

  /** Takes a stored position. */
  restore(cursor: Cursor): void {
    this.#cursor = { ...cursor };
    this.isLastBatch = cursor.isLastBatch;
    standAt(this.progress, cursor);
  }

  /** For messages. */
  describePosition(): string {
    const { evaluationPosition, runningStage } = this;
    if (evaluationPosition === undefined || runningStage === "train") return describeCursor(this.#cursor);
    const loader = evaluationPosition.dataloaderIdx > 0 ? `, dataloader ${evaluationPosition.dataloaderIdx}` : "";
    return `${runningStage ?? "evaluation"} batch ${evaluationPosition.batchIdx}${loader} (epoch ${this.#cursor.epoch}, global step ${this.#cursor.globalStep})`;
  }
}
