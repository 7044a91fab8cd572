import { StateView } from "./state-view.js";

/** What a Trainer shows of its state's numbers: how far a run has come, and how far it goes. */
export abstract class ProgressView extends StateView {
  get globalStep(): number {
    return this.parts.state.cursor.globalStep;
  }
  get currentEpoch(): number {
    return this.parts.state.cursor.epoch;
  }
  get batchesThatStepped(): number {
    return this.parts.state.cursor.batchesThatStepped;
  }
  get batchesSeen(): number {
    return this.parts.state.cursor.totalBatches;
  }
  get isLastBatch(): boolean {
    return this.parts.state.isLastBatch;
  }
  get numTrainingBatches(): number {
    return this.parts.state.numTrainingBatches;
  }
  get numEvaluationBatches(): number {
    return this.parts.state.numEvaluationBatches;
  }

  get maxEpochs(): number {
    return this.parts.state.maxEpochs;
  }
  set maxEpochs(maxEpochs: number) {
    this.parts.state.epochLimit = maxEpochs;
  }
  get minEpochs(): number {
    return this.parts.plan.minEpochs;
  }
  get minSteps(): number {
    return this.parts.plan.minSteps;
  }
  get maxSteps(): number {
    return this.parts.state.maxSteps;
  }
  set maxSteps(maxSteps: number) {
    this.parts.state.maxSteps = maxSteps;
  }
  get skipsBackward(): boolean {
    return this.parts.state.skipsBackward;
  }
  set skipsBackward(skipsBackward: boolean) {
    this.parts.state.skipsBackward = skipsBackward;
  }
  get accumulateGradBatches(): number {
    return this.parts.state.accumulateGradBatches;
  }
  set accumulateGradBatches(accumulateGradBatches: number) {
    this.parts.state.accumulateGradBatches = accumulateGradBatches;
  }
}
