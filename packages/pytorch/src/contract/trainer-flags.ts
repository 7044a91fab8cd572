import type { Profiler } from "../profilers/profiler.js";
import type { BatchLimit } from "../words/batch-limit.js";

/** Options of a Trainer as it goes by them: what was not given has its default. */
export interface TrainerFlags {
  /** Batches of a dry run, 0 for a real one. */
  get fastDevRun(): number;
  get barebones(): boolean;
  get overfitBatches(): BatchLimit;
  get limitTrainBatches(): BatchLimit;
  get limitValBatches(): BatchLimit;
  get limitTestBatches(): BatchLimit;
  get limitPredictBatches(): BatchLimit;
  /** Batches, a part of an epoch (`"100%"` for all of it), or a time. */
  get valCheckInterval(): BatchLimit | { readonly seconds: number };
  get checkValEveryNEpoch(): number | false;
  /** `Infinity` for all. */
  get numSanityValSteps(): number;
  get gradientClipVal(): number | undefined;
  get gradientClipAlgorithm(): "norm" | "value" | undefined;
  get reloadDataloadersEveryNEpochs(): number;
  get logEveryNSteps(): number;
  get defaultRootDir(): string;
  /** Hears of everything that runs do: `trainer.profiler.profile("load", () => …)` times a piece of your own. */
  get profiler(): Profiler;
  get onSaveError(): "raise" | "warn";
}
