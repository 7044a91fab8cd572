import { rejectUnknownOptions } from "@lightning-ts/core";
import { Callback } from "../contract/callback.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { callOfTrainer } from "../trainer/options-of-trainer.js";
import type { Stage } from "../words/stages.js";
import { requireOneProcess } from "./apply-learning-rate.js";
import { BATCH_SIZE_OPTIONS, findBatchSize, type BatchSizeOptions } from "./find-batch-size.js";
import { refuseGivenLoaders } from "./refuse-given-loaders.js";

/**
 * Finds the largest batch size before a run, and runs with it: `Tuner.scaleBatchSize` as a callback.
 * @example
 * ```ts
 * import { BatchSizeFinder, Trainer } from "@lightning-ts/pytorch";
 *
 * const finder = new BatchSizeFinder({ mode: "binsearch", memoryLimit: 4 * 2 ** 30 });
 * const trainer = new Trainer({ maxEpochs: 3, callbacks: [finder] });
 * // trainer.fit(module): the loaders of the module are made with module.batchSize
 * ```
 */
export class BatchSizeFinder extends Callback {
  static override readonly stateName: string = "BatchSizeFinder";
  /** What was found last. */
  optimalBatchSize: number | undefined;
  readonly #options: BatchSizeOptions;

  /** @throws MisconfigurationError for an unknown option */
  constructor(options: BatchSizeOptions = {}) {
    super();
    rejectUnknownOptions("BatchSizeFinder", options, BATCH_SIZE_OPTIONS);
    this.#options = options;
  }

  /** Evaluations ask for their loaders before their first hook. */
  override async setup(trainer: Trainer, module: LightningModule, stage: Stage): Promise<void> {
    if (stage !== "fit") await this.#find(trainer, module, stage);
  }

  override async onFitStart(trainer: Trainer, module: LightningModule): Promise<void> {
    await this.#find(trainer, module, "fit");
  }

  async #find(trainer: Trainer, module: LightningModule, stage: Stage): Promise<void> {
    if (trainer.fastDevRun > 0) return;
    requireOneProcess(trainer, "BatchSizeFinder");
    const { given, datamodule } = callOfTrainer(trainer) ?? {};
    refuseGivenLoaders(given ?? {}, "BatchSizeFinder");
    this.optimalBatchSize = await findBatchSize({ ...this.#options, trainer, module, datamodule, stage });
  }
}
