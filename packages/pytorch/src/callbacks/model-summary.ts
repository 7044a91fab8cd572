import { rejectUnknownOptions } from "@lightning-ts/core";
import type { LightningModule } from "../contract/lightning-module.js";
import { badOption } from "../errors/bad-option.js";
import { renderSummary, summarizeModel } from "../display/model-summary-table.js";
import type { Trainer } from "../contract/trainer.js";
import { Callback } from "../contract/callback.js";

export interface ModelSummaryOptions {
  /** How deep to look into submodules; 0 for nothing, -1 for everything. @default 1 */
  readonly maxDepth?: number | undefined;
}

/**
 * Prints what the model is made of when `fit` starts.
 * @example
 * ```ts
 * import { ModelSummary, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new ModelSummary({ maxDepth: 2 })] });
 * ```
 */
export class ModelSummary extends Callback {
  readonly #maxDepth: number;

  constructor(options: ModelSummaryOptions = {}) {
    super();
    rejectUnknownOptions("ModelSummary", options, ["maxDepth"]);
    const { maxDepth = 1 } = options;
    if (!Number.isInteger(maxDepth) || maxDepth < -1)
      throw badOption("ModelSummary", "maxDepth", "a whole number of at least 0, or -1 for everything", maxDepth);
    this.#maxDepth = maxDepth;
  }

  override onFitStart(trainer: Trainer, module: LightningModule): void {
    if (this.#maxDepth !== 0 && trainer.isGlobalZero)
      trainer.say(renderSummary(summarizeModel(module, this.#maxDepth)));
  }
}
