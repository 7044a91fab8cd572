import type { CombinedLoader } from "../data/combined-loader.js";
import type { BatchOf } from "./batch-of.js";
import type { DataModuleFor, Loader, Loaders, NamedLoaders, NamedTrainLoaders, TrainLoaders } from "./loaders.js";

/** What every run can be given. */
export interface RunOptions {
  /** A checkpoint to start from: a path, `"best"` or `"last"`. */
  readonly ckptPath?: string | undefined;
  /** Stops the run at its next safe point when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What every fit can be given. */
export interface FitRunOptions extends RunOptions {
  /**
   * Whose options optimizers and schedules go on with where the code has others than the checkpoint at `ckptPath`:
   * - `"checkpoint"`: the learning rate and all other options of optimizers are the saved ones, as in Lightning; that
   *   the code has others is said
   * - `"code"`: an optimizer whose options or schedules were changed takes those of the code, the schedules as if they
   *   had been there from the beginning; what it remembers (momentum, running means) stays
   *
   * `maxEpochs` and all other options of the Trainer are the code's in any case.
   * @default "checkpoint"
   */
  readonly optionsFrom?: "checkpoint" | "code" | undefined;
}

/** `TBatch` is a batch as the steps get it. */
export interface FitOptions<TBatch = unknown> extends FitRunOptions {
  readonly trainDataloaders?: TrainLoaders<TBatch> | undefined;
  readonly valDataloaders?: Loaders<TBatch> | undefined;
  readonly datamodule?: DataModuleFor<TBatch> | undefined;
}

/** `TBatch` is a batch as the steps get it. */
export interface EvaluateOptions<TBatch = unknown> extends RunOptions {
  readonly dataloaders?: Loaders<TBatch> | undefined;
  readonly datamodule?: DataModuleFor<TBatch> | undefined;
  /** Prints a table of the results. @default true */
  readonly verbose?: boolean | undefined;
}

/** `TBatch` is a batch as the steps get it. */
export interface PredictOptions<TBatch = unknown> extends RunOptions {
  readonly dataloaders?: Loaders<TBatch> | undefined;
  readonly datamodule?: DataModuleFor<TBatch> | undefined;
  /** @default true */
  readonly returnPredictions?: boolean | undefined;
}

/** `PredictOptions` with several loaders: the predictions are a list for each. */
export interface PredictSeveralOptions<TBatch = unknown> extends Omit<PredictOptions<TBatch>, "dataloaders"> {
  readonly dataloaders: readonly Loader<TBatch>[] | NamedLoaders<TBatch>;
}

/** What a fit of this module trains on: a loader, a data module, or options. */
export type FitData<TModule> =
  | Loader<BatchOf<TModule>>
  | NamedTrainLoaders<BatchOf<TModule>>
  | CombinedLoader
  | DataModuleFor<BatchOf<TModule>>
  | FitOptions<BatchOf<TModule>>;

/** What a fit of this module validates on, or the options of a fit that does not. */
export type ValidationData<TModule> = Loaders<BatchOf<TModule>> | FitRunOptions;

/** What this module is evaluated on: loaders, a data module, or options. */
export type EvaluationData<TModule> =
  | Loaders<BatchOf<TModule>>
  | DataModuleFor<BatchOf<TModule>>
  | EvaluateOptions<BatchOf<TModule>>;

/** What this module makes predictions of: a loader, a data module, or options. */
export type PredictionData<TModule> =
  | Loader<BatchOf<TModule>>
  | CombinedLoader
  | DataModuleFor<BatchOf<TModule>>
  | PredictOptions<BatchOf<TModule>>;
