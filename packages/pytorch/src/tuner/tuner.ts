import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import type { FitOptions } from "../contract/run-options.js";
import type { BatchOf } from "../contract/batch-of.js";
import type { Stage } from "../words/stages.js";
import type { LightningDataModule } from "../contract/lightning-data-module.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import {
  applyLearningRate,
  ATTRIBUTE_OPTIONS,
  learningRateField,
  requireOneProcess,
  type LRAttributeOptions,
} from "./apply-learning-rate.js";
import { BatchSizeFinder } from "./batch-size-finder.js";
import { BATCH_SIZE_OPTIONS, findBatchSize, type BatchSizeOptions } from "./find-batch-size.js";
import { refuseGivenLoaders } from "./refuse-given-loaders.js";
import { findLearningRate, type LRRangeOptions, RANGE_OPTIONS } from "./find-learning-rate.js";
import type { LRFinder } from "./lr-finder.js";
import { LearningRateFinder } from "./learning-rate-finder.js";

/** `TBatch` is a batch as the steps get it. */
export interface LRFindOptions<TBatch = unknown>
  extends LRRangeOptions, LRAttributeOptions, Pick<FitOptions<TBatch>, "trainDataloaders" | "datamodule"> {}

/** Loaders are here to be refused: they have to be made anew for each size. */
export interface ScaleBatchSizeOptions extends BatchSizeOptions {
  /** What the batches are for. @default "fit" */
  readonly method?: Stage | undefined;
  readonly datamodule?: LightningDataModule | undefined;
  readonly trainDataloaders?: undefined;
  readonly valDataloaders?: undefined;
  readonly dataloaders?: undefined;
}

const LR_FIND_OPTIONS = [...RANGE_OPTIONS, ...ATTRIBUTE_OPTIONS, "trainDataloaders", "datamodule"];
const LOADERS = ["trainDataloaders", "valDataloaders", "dataloaders"];
const SCALE_BATCH_SIZE_OPTIONS = [...BATCH_SIZE_OPTIONS, "method", "datamodule", ...LOADERS];

/**
 * Finds values to train with, before a fit.
 * @example
 * ```ts
 * import { DataLoader, F, nn, optim, TensorDataset, tf } from "@lightning-ts/core";
 * import { LightningModule, Trainer, Tuner } from "@lightning-ts/pytorch";
 *
 * type Batch = [x: tf.Tensor2D, y: tf.Tensor2D];
 * class Regression extends LightningModule<Batch> {
 *   lr = 0.1;
 *   readonly net = new nn.Linear(4, 1);
 *
 *   override trainingStep([x, y]: Batch) {
 *     return F.mseLoss(this.net.forward(x), y);
 *   }
 *
 *   override configureOptimizers() {
 *     return new optim.SGD(this.parameters(), { lr: this.lr });
 *   }
 * }
 * const data = new TensorDataset(tf.buffer<tf.Rank.R2>([64, 4], "float32"), tf.buffer<tf.Rank.R2>([64, 1], "float32"));
 * const module = new Regression();
 * const trainer = new Trainer({ maxEpochs: 1, logger: false, enableProgressBar: false });
 * const finder = await new Tuner(trainer).lrFind(module, { trainDataloaders: new DataLoader(data, { batchSize: 8 }) });
 * console.log(finder?.results.lr.length, module.lr > 0); // 100 true
 * ```
 */
export class Tuner {
  readonly #trainer: Trainer;

  /** @throws MisconfigurationError for something else than a Trainer */
  constructor(trainer: Trainer) {
    if (!isTrainer(trainer))
      throw new MisconfigurationError({
        code: "LIT_TUNER",
        message: "A Tuner tunes what a Trainer trains.",
        expected: "new Tuner(trainer)",
        received: describeValue(trainer),
      });
    this.#trainer = trainer;
  }

  /**
   * Trains for a few steps with a learning rate that grows from step to step, and suggests the rate at which the loss
   * falls steepest. Weights, random numbers and loaders are as before afterwards; the field `lr` (or `learningRate`) of
   * the module and its `hparams` gets the suggestion.
   * @returns undefined under `fastDevRun`
   * @throws MisconfigurationError where there is no such field, several optimizers, an unknown option, or steps that no
   *   optimizer makes
   */
  async lrFind<TModule extends LightningModule>(
    module: TModule,
    options: LRFindOptions<BatchOf<TModule>> = {},
  ): Promise<LRFinder | undefined> {
    const trainer = this.#trainer;
    rejectUnknownOptions("lrFind", options, LR_FIND_OPTIONS);
    if (!this.#maySearch("lrFind", LearningRateFinder)) return undefined;
    const field = learningRateField(module, options);
    const { trainDataloaders, datamodule } = options;
    const finder = await findLearningRate(trainer, module, Object({ trainDataloaders, datamodule }), options);
    applyLearningRate(trainer, finder, field);
    return finder;
  }

  /**
   * Runs the module for a few steps with batches that grow until memory ends, and sets the field `batchSize` of module,
   * data module and their `hparams` to the largest size that fits. Everything else is as before afterwards. The loaders
   * have to be made by the module or data module, with that field.
   * @returns the size; undefined under `fastDevRun`
   * @throws MisconfigurationError where there is no such field, loaders were given, or for an unknown option
   */
  async scaleBatchSize(module: LightningModule, options: ScaleBatchSizeOptions = {}): Promise<number | undefined> {
    rejectUnknownOptions("scaleBatchSize", options, SCALE_BATCH_SIZE_OPTIONS);
    if (!this.#maySearch("scaleBatchSize", BatchSizeFinder)) return undefined;
    const { method: stage = "fit", datamodule, trainDataloaders, valDataloaders, dataloaders, ...search } = options;
    refuseGivenLoaders({ trainDataloaders, valDataloaders, dataloaders }, "scaleBatchSize");
    return findBatchSize({ ...search, trainer: this.#trainer, module, datamodule, stage });
  }

  /**
   * @returns false where nothing is trained in earnest
   * @throws MisconfigurationError where the search would be made twice, or by several processes
   */
  #maySearch(what: string, callbackClass: typeof LearningRateFinder | typeof BatchSizeFinder): boolean {
    const trainer = this.#trainer;
    if (trainer.fastDevRun > 0) {
      trainer.warn(what, `${what} is skipped, because fastDevRun is on.`);
      return false;
    }
    if (trainer.callbacks.some((callback) => callback instanceof callbackClass))
      throw new MisconfigurationError({
        code: "LIT_TUNER",
        message: `The Trainer has a ${callbackClass.stateName}, which would search once more.`,
        tryThis: `remove it from callbacks, or leave ${what} out.`,
      });
    requireOneProcess(trainer, what);
    return true;
  }
}

/** Programs in JavaScript pass other things too. */
function isTrainer(value: unknown): boolean {
  return typeof value === "object" && value !== null && "callbacks" in value && "fastDevRun" in value;
}
