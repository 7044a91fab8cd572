import type { KeptCheckpoints } from "@lightning-ts/fabric";
import type { FitResult } from "../words/fit-result.js";
import type { BatchOf, PredictionOf } from "./batch-of.js";
import type { LightningModule } from "./lightning-module.js";
import type { Loader, NamedLoaders } from "./loaders.js";
import type {
  EvaluateOptions,
  EvaluationData,
  FitData,
  PredictionData,
  PredictOptions,
  PredictSeveralOptions,
  FitRunOptions,
  ValidationData,
} from "./run-options.js";
import type { TrainerView } from "./trainer-view.js";

/** A Trainer as modules, data modules and callbacks know it: all that is public. */
export interface Trainer extends TrainerView {
  /**
   * Trains a module: `fit(model, loader, valLoaders?, options?)`, `fit(model, datamodule, options?)`,
   * `fit(model, options)`. Resolves to what happened; rejects when a hook, a step or a checkpoint failed.
   */
  fit<TModule extends LightningModule>(
    model: TModule,
    data?: FitData<TModule>,
    valDataloaders?: ValidationData<TModule>,
    options?: FitRunOptions,
  ): Promise<FitResult>;

  /**
   * Runs the validation data through `validationStep`. Without a module it runs the one that the Trainer has.
   * @returns one dictionary of metrics for each loader
   */
  validate<TModule extends LightningModule>(
    model: TModule | undefined,
    data?: EvaluationData<TModule>,
    options?: EvaluateOptions,
  ): Promise<Record<string, number>[]>;
  validate(options?: EvaluateOptions): Promise<Record<string, number>[]>;

  /**
   * Runs the test data through `testStep`. Without a module it runs the one that the Trainer has.
   * @returns one dictionary of metrics for each loader
   */
  test<TModule extends LightningModule>(
    model: TModule | undefined,
    data?: EvaluationData<TModule>,
    options?: EvaluateOptions,
  ): Promise<Record<string, number>[]>;
  test(options?: EvaluateOptions): Promise<Record<string, number>[]>;

  /**
   * Runs data through `predictStep`. Without a module it runs the one that the Trainer has; the type of the predictions
   * then comes from its class, as in `trainer.predict<LitNet>({ dataloaders })`. Tensors in the predictions are kept:
   * dispose them when you are done.
   * @returns the predictions of each batch; with several loaders a list of those for each
   */
  predict<TModule extends LightningModule>(
    model: TModule,
    dataloaders:
      | readonly Loader<BatchOf<TModule>>[]
      | NamedLoaders<BatchOf<TModule>>
      | PredictSeveralOptions<BatchOf<TModule>>,
    options?: PredictOptions,
  ): Promise<PredictionOf<TModule>[][]>;
  predict<TModule extends LightningModule>(
    model: TModule,
    data?: PredictionData<TModule>,
    options?: PredictOptions,
  ): Promise<PredictionOf<TModule>[]>;
  predict<TModule extends LightningModule = LightningModule>(
    options: PredictSeveralOptions<BatchOf<TModule>>,
  ): Promise<PredictionOf<TModule>[][]>;
  predict<TModule extends LightningModule = LightningModule>(
    options?: PredictOptions<BatchOf<TModule>>,
  ): Promise<PredictionOf<TModule>[]>;

  /** Writes a checkpoint of the module that is attached. Between optimizer steps only, never inside one. */
  saveCheckpoint(path: string, options?: { readonly weightsOnly?: boolean | undefined }): Promise<void>;

  /**
   * Frees what the optimizers of its fits remember. Parameters belong to the module, whose `dispose()` frees them, and
   * an optimizer that had taken steps before a fit stays as it is. The Trainer can run again.
   * @throws MisconfigurationError during a run
   */
  dispose(): void;
  [Symbol.dispose](): void;

  /** Lets a Trainer run again whose last run was interrupted by Ctrl-C or SIGTERM: without it, runs are refused. */
  clearInterruption(): void;

  /** Removes a checkpoint file; nothing happens where none is. */
  removeCheckpoint(path: string): Promise<void>;

  /** Whether a checkpoint is at a path. Waits for one that is still being written in the background. */
  checkpointExists(path: string): Promise<boolean>;

  /**
   * Tells loggers which files a callback keeps, after it has saved one; resolves when those that send files right away
   * have done so. A logger's failure is reported and ends nothing.
   */
  reportCheckpoints(kept: KeptCheckpoints): Promise<void>;

  /** Random id of the run, the same in all its checkpoints and after it was resumed. Its temporary files carry it. */
  get runId(): string;

  /**
   * The global step of a checkpoint that this run wrote before it was resumed; undefined for every other file.
   * `ModelCheckpoint` tells by it which files a part of the run that was killed has left.
   */
  stepBeforeResuming(path: string): Promise<number | undefined>;
}
