import type { TrainerFlags } from "../../contract/trainer-flags.js";
import { limitAsGiven, type BatchLimit } from "../../words/batch-limit.js";
import { PassThroughProfiler } from "../../profilers/pass-through-profiler.js";
import type { Profiler } from "../../profilers/profiler.js";
import { ProgressView } from "./progress-view.js";

const NO_PROFILER = new PassThroughProfiler();

/** What a Trainer shows of its plan: options with their defaults. */
export abstract class PlanView extends ProgressView implements TrainerFlags {
  get defaultRootDir(): string {
    return this.parts.plan.defaultRootDir;
  }
  get fastDevRun(): number {
    return this.parts.plan.fastDevRun;
  }
  get barebones(): boolean {
    return this.parts.plan.barebones;
  }
  get overfitBatches(): BatchLimit {
    return this.parts.plan.isOverfitting ? limitAsGiven(this.parts.plan.limits.train) : 0;
  }
  get limitTrainBatches(): BatchLimit {
    return limitAsGiven(this.parts.plan.limits.train);
  }
  get limitValBatches(): BatchLimit {
    return limitAsGiven(this.parts.plan.limits.validate);
  }
  get limitTestBatches(): BatchLimit {
    return limitAsGiven(this.parts.plan.limits.test);
  }
  get limitPredictBatches(): BatchLimit {
    return limitAsGiven(this.parts.plan.limits.predict);
  }
  get valCheckInterval(): BatchLimit | { readonly seconds: number } {
    const { validationInterval: interval } = this.parts.plan;
    if (interval.kind === "time") return { seconds: interval.ms / 1000 };
    return interval.kind === "batches" ? interval.count : limitAsGiven(interval);
  }
  get checkValEveryNEpoch(): number | false {
    return this.parts.plan.checkValEveryNEpoch;
  }
  get numSanityValSteps(): number {
    return this.parts.plan.numSanityValSteps;
  }
  get gradientClipVal(): number | undefined {
    return this.parts.plan.gradientClipping?.value;
  }
  get gradientClipAlgorithm(): "norm" | "value" | undefined {
    return this.parts.plan.gradientClipping?.algorithm;
  }
  get reloadDataloadersEveryNEpochs(): number {
    return this.parts.plan.reloadDataloadersEveryNEpochs;
  }
  get profiler(): Profiler {
    return this.parts.plan.profiler ?? NO_PROFILER;
  }
  get onSaveError(): "raise" | "warn" {
    return this.parts.plan.onSaveError;
  }
  get logEveryNSteps(): number {
    return this.parts.plan.logEveryNSteps;
  }
}
