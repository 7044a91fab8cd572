import { Callback } from "../contract/callback.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { callOfTrainer } from "../trainer/options-of-trainer.js";
import { rejectUnknownOptions } from "@lightning-ts/core";
import {
  applyLearningRate,
  ATTRIBUTE_OPTIONS,
  learningRateField,
  requireOneProcess,
  type LRAttributeOptions,
} from "./apply-learning-rate.js";
import { findLearningRate, type LRRangeOptions, RANGE_OPTIONS } from "./find-learning-rate.js";
import type { LRFinder } from "./lr-finder.js";

export interface LearningRateFinderOptions extends LRAttributeOptions {
  readonly minLr?: number | undefined;
  readonly maxLr?: number | undefined;
  /** Optimizer steps to make. @default 100 */
  readonly numTrainingSteps?: number | undefined;
  readonly mode?: LRRangeOptions["mode"];
  readonly earlyStopThreshold?: number | false | undefined;
}

const OPTIONS = [
  ...RANGE_OPTIONS.map((name) => (name === "numTraining" ? "numTrainingSteps" : name)),
  ...ATTRIBUTE_OPTIONS,
];

/**
 * Finds a learning rate before a fit, and trains with it: `Tuner.lrFind` as a callback. A subclass can ask again later,
 * with `await this.lrFind(trainer, module)` in a hook.
 * @example
 * ```ts
 * import { LearningRateFinder, Trainer } from "@lightning-ts/pytorch";
 *
 * const finder = new LearningRateFinder({ numTrainingSteps: 50 });
 * const trainer = new Trainer({ maxEpochs: 3, callbacks: [finder] });
 * // after trainer.fit(module): finder.optimalLr?.suggestion()
 * ```
 */
export class LearningRateFinder extends Callback {
  static override readonly stateName: string = "LearningRateFinder";
  /** What was found last. */
  optimalLr: LRFinder | undefined;
  readonly #options: LearningRateFinderOptions;

  /** @throws MisconfigurationError for an unknown option */
  constructor(options: LearningRateFinderOptions = {}) {
    super();
    rejectUnknownOptions("LearningRateFinder", options, OPTIONS);
    this.#options = options;
  }

  override async onFitStart(trainer: Trainer, module: LightningModule): Promise<void> {
    await this.lrFind(trainer, module);
  }

  /** Searches, and sets the rate unless `updateAttr` is false. */
  async lrFind(trainer: Trainer, module: LightningModule): Promise<void> {
    if (trainer.fastDevRun > 0) return;
    requireOneProcess(trainer, "LearningRateFinder");
    const { numTrainingSteps: numTraining, ...options } = this.#options;
    const field = learningRateField(module, options);
    const { given, datamodule } = callOfTrainer(trainer) ?? {};
    const data = given?.train === undefined ? { datamodule } : { trainDataloaders: given.train };
    this.optimalLr = await findLearningRate(trainer, module, Object(data), { ...options, numTraining });
    applyLearningRate(trainer, this.optimalLr, field);
  }
}
