import type { OwnedParts } from "../../run/session/owned-parts.js";
import type { RunningStage, Stage, TrainerState, TrainerStatus } from "../../words/stages.js";

/**
 * What a Trainer shows of its state: what it does, and the wish to stop. First link of a chain of classes, one for each
 * source that getters read; `TrainerView` in `contract/` says what each getter is.
 */
export abstract class StateView {
  protected readonly parts: OwnedParts;

  protected constructor(parts: OwnedParts) {
    this.parts = parts;
  }

  get stage(): Stage | undefined {
    return this.parts.state.stage;
  }
  get runningStage(): RunningStage | undefined {
    return this.parts.state.runningStage;
  }
  get status(): TrainerStatus {
    return this.parts.state.status;
  }
  get training(): boolean {
    return this.parts.state.runningStage === "train";
  }
  get validating(): boolean {
    return this.parts.state.runningStage === "validate";
  }
  get testing(): boolean {
    return this.parts.state.runningStage === "test";
  }
  get predicting(): boolean {
    return this.parts.state.runningStage === "predict";
  }
  get sanityChecking(): boolean {
    return this.parts.state.runningStage === "sanityCheck";
  }
  get evaluating(): boolean {
    return this.validating || this.testing || this.sanityChecking;
  }
  get state(): TrainerState {
    const { stage: fn, runningStage: stage, status } = this.parts.state;
    return { fn, stage, status };
  }
  get receivedSigterm(): boolean {
    return this.parts.state.interruption === "SIGTERM";
  }
  get interrupted(): boolean {
    return this.parts.state.status === "interrupted";
  }
  get hasValidated(): boolean {
    return this.parts.state.hasValidated;
  }
  get ckptPath(): string | undefined {
    return this.parts.state.ckptPath;
  }
  set ckptPath(path: string | undefined) {
    this.parts.state.ckptPath = path;
    this.parts.state.chosenCkptPath = path;
  }

  get shouldStop(): boolean {
    return this.parts.state.shouldStop;
  }
  set shouldStop(shouldStop: boolean) {
    this.parts.state.shouldStop = shouldStop;
  }
  stop(reason: string): void {
    this.parts.state.shouldStop = true;
    this.parts.state.stopReason = reason;
  }
}
