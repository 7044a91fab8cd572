import type { OnDevice } from "@lightning-ts/core";
import type { BatchSources, CombinedLoader } from "../data/combined-loader.js";
import type { BatchSource } from "../words/batch-source.js";
import type { FitResult } from "../words/fit-result.js";
import type { LightningDataModule } from "./lightning-data-module.js";
import type { LightningModule } from "./lightning-module.js";
import type { CombinedFitOptions, EvaluateOptions, FitOptions, PredictOptions, RunOptions } from "./run-options.js";
import type { TrainerView } from "./trainer-view.js";

/** A module whose steps take what these batches become on the device. */
type ModuleFor<THost> = LightningModule<NoInfer<OnDevice<THost>>>;

/** A Trainer as modules, data modules and callbacks know it: all that is public. */
export interface Trainer extends TrainerView {
  /** Trains a module. Resolves to what happened; rejects when a hook, a step or a checkpoint failed. */
  fit(
    model: LightningModule,
    trainDataloaders: CombinedLoader,
    valDataloaders?: BatchSources<unknown>,
    options?: RunOptions,
  ): Promise<FitResult>;
  fit(model: LightningModule, options: CombinedFitOptions): Promise<FitResult>;
  fit<THost>(
    model: ModuleFor<THost>,
    trainDataloaders: BatchSource<THost>,
    valDataloaders?: BatchSources<NoInfer<THost>>,
    options?: RunOptions,
  ): Promise<FitResult>;
  fit<THost>(model: ModuleFor<THost>, datamodule: LightningDataModule<THost>, options?: RunOptions): Promise<FitResult>;
  fit<THost>(model: ModuleFor<THost>, options?: FitOptions<THost>): Promise<FitResult>;

  /** Runs the validation data through `validationStep`. @returns one dictionary of metrics for each loader */
  validate<THost>(
    model: ModuleFor<THost>,
    dataloaders: BatchSources<THost> | LightningDataModule<THost>,
    options?: EvaluateOptions,
  ): Promise<Record<string, number>[]>;
  validate<THost>(model?: ModuleFor<THost>, options?: EvaluateOptions<THost>): Promise<Record<string, number>[]>;

  /** Runs the test data through `testStep`. @returns one dictionary of metrics for each loader */
  test<THost>(
    model: ModuleFor<THost>,
    dataloaders: BatchSources<THost> | LightningDataModule<THost>,
    options?: EvaluateOptions,
  ): Promise<Record<string, number>[]>;
  test<THost>(model?: ModuleFor<THost>, options?: EvaluateOptions<THost>): Promise<Record<string, number>[]>;

  /**
   * Runs data through `predictStep`. Tensors in the predictions are kept: dispose them when you are done.
   * @returns the predictions of each batch; with several loaders a list of those for each
   */
  predict<THost>(
    model: ModuleFor<THost>,
    dataloaders: BatchSources<THost> | LightningDataModule<THost>,
    options?: PredictOptions,
  ): Promise<unknown[]>;
  predict<THost>(model?: ModuleFor<THost>, options?: PredictOptions<THost>): Promise<unknown[]>;

  /** Writes a checkpoint of the module that is attached. Between optimizer steps only, never inside one. */
  saveCheckpoint(path: string, options?: { readonly weightsOnly?: boolean | undefined }): Promise<void>;

  /** Removes a checkpoint file; nothing happens where none is. */
  removeCheckpoint(path: string): Promise<void>;
}
