import type { BatchSources, CombinedLoader } from "../data/combined-loader.js";
import type { BatchSource } from "../words/batch-source.js";
import type { LightningDataModule } from "./lightning-data-module.js";

/** What every run can be given. */
export interface RunOptions {
  /** A checkpoint to start from: a path, `"best"` or `"last"`. */
  readonly ckptPath?: string | undefined;
  /** Stops the run at its next safe point when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface FitOptions<THost = unknown> extends RunOptions {
  readonly trainDataloaders?: BatchSource<THost> | undefined;
  readonly valDataloaders?: BatchSources<THost> | undefined;
  readonly datamodule?: LightningDataModule<THost> | undefined;
}

/** Options of a fit with several training loaders at once. A batch has the form of the `CombinedLoader`. */
export interface CombinedFitOptions extends Omit<FitOptions, "trainDataloaders"> {
  readonly trainDataloaders: CombinedLoader;
}

export interface EvaluateOptions<THost = unknown> extends RunOptions {
  readonly dataloaders?: BatchSources<THost> | undefined;
  readonly datamodule?: LightningDataModule<THost> | undefined;
  /** Prints a table of the results. @default true */
  readonly verbose?: boolean | undefined;
}

export interface PredictOptions<THost = unknown> extends RunOptions {
  readonly dataloaders?: BatchSources<THost> | undefined;
  readonly datamodule?: LightningDataModule<THost> | undefined;
  /** @default true */
  readonly returnPredictions?: boolean | undefined;
}
