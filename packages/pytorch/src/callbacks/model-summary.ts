import { rejectUnknownOptions } from "@lightning-ts/core";
import type { LightningModule } from "../module/lightning-module.js";
import { renderSummary, summarizeModel } from "../progress/model-summary-table.js";
import type { Trainer } from "../trainer/trainer.js";
import { Callback } from "./callback.js";

export interface ModelSummaryOptions {
  /** How deep to look into submodules; 0 for nothing, -1 for everything. @default 1 */
  readonly maxDepth?: number | undefined;
}

/** Prints what the model is made of when `fit` starts. */
export class ModelSummary extends Callback {
  readonly #maxDepth: number;

  constructor(options: ModelSummaryOptions = {}) {
    super();
    rejectUnknownOptions("ModelSummary", options, ["maxDepth"]);
    this.#maxDepth = options.maxDepth ?? 1;
  }

  override onFitStart(trainer: Trainer, module: LightningModule): void {
    if (this.#maxDepth !== 0 && trainer.isGlobalZero) trainer.say(renderSummary(summarizeModel(module, this.#maxDepth)));
  }
}
