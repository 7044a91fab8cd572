import type { EvaluationLoopView, FitLoopView, PredictionLoopView } from "../../contract/loop-views.js";
import type { StageData } from "../../data/stage-data.js";
import type { LoopProgress } from "../../words/loop-progress.js";
import { RunView } from "./run-view.js";

/** What a Trainer shows of its loops. Each view is what is true now; it does not follow the run. */
export abstract class LoopsView extends RunView {
  get numSanityValBatches(): readonly number[] {
    return this.numValBatches.map((count) => Math.min(count, this.numSanityValSteps));
  }
  get numValBatches(): readonly number[] {
    return this.parts.state.loaded.validate?.counts ?? [];
  }
  get numTestBatches(): readonly number[] {
    return this.parts.state.loaded.test?.counts ?? [];
  }
  get numPredictBatches(): readonly number[] {
    return this.parts.state.loaded.predict?.counts ?? [];
  }

  get fitLoop(): FitLoopView {
    const { maxEpochs, minEpochs, maxSteps, minSteps, numTrainingBatches: maxBatches, globalStep } = this;
    const { progress, loaded } = this.parts.state;
    const [epochProgress, batchProgress] = [progress.epoch.copy(), progress.batch.copy()];
    const batchIdx = batchProgress.current.ready - 1;
    const totalBatchIdx = batchProgress.total.ready - 1;
    const valLoop = evaluationView(progress.fitValidate, loaded.validate);
    const epochLoop = { batchProgress, batchIdx, totalBatchIdx, globalStep, valLoop };
    return { epochProgress, batchProgress, epochLoop, maxEpochs, minEpochs, maxSteps, minSteps, maxBatches };
  }
  get validateLoop(): EvaluationLoopView {
    return evaluationView(this.parts.state.progress.validate, this.parts.state.loaded.validate);
  }
  get testLoop(): EvaluationLoopView {
    return evaluationView(this.parts.state.progress.test, this.parts.state.loaded.test);
  }
  get predictLoop(): PredictionLoopView {
    const { progress, loaded, predicted } = this.parts.state;
    const { batchIndices: epochBatchIndices, currentBatchIndices, predictions: all } = predicted;
    const predictions = all.length === 1 ? (all[0] ?? []) : all;
    return { ...evaluationView(progress.predict, loaded.predict), currentBatchIndices, epochBatchIndices, predictions };
  }
}

function evaluationView(progress: LoopProgress, data: StageData | undefined): EvaluationLoopView {
  const maxBatches = data?.counts ?? [];
  return { batchProgress: progress.copy(), maxBatches, numDataloaders: maxBatches.length };
}
