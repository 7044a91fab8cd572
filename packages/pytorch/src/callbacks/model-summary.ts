import { describeValue, MisconfigurationError, nn, rejectUnknownOptions, type Terminal } from "@lightning-ts/core";
import { Callback } from "../contract/callback.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { type ModelSummaryContent, renderSummary, summarizeModel } from "../display/model-summary-table.js";
import { badOption } from "../errors/bad-option.js";

export interface ModelSummaryOptions {
  /** How deep to look into submodules; 0 for nothing, -1 for everything. @default 1 */
  readonly maxDepth?: number | undefined;
}

/** What a summary is shown on. */
export interface SummaryScreen extends Pick<Terminal, "hasColors" | "colorDepth"> {
  /** `Infinity` for a file. */
  readonly columns: number;
}

/**
 * A table of a model's layers: names, types, parameters, modes; with `exampleInputArray` of a `LightningModule` also
 * what goes into and comes out of each layer, and how many operations its linear layers and convolutions need. As a
 * callback it is printed when `fit` starts; made of a module it is text at once.
 * @example
 * ```ts
 * import { nn } from "@lightning-ts/core";
 * import { ModelSummary, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new ModelSummary({ maxDepth: 2 })] });
 * console.log(String(new ModelSummary(new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU()), { maxDepth: -1 })));
 * ```
 */
export class ModelSummary extends Callback {
  readonly #maxDepth: number;
  readonly #model: nn.Module | undefined;

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options?: ModelSummaryOptions);
  constructor(model: nn.Module, options?: ModelSummaryOptions);
  constructor(modelOrOptions: nn.Module | ModelSummaryOptions = {}, more?: ModelSummaryOptions) {
    super();
    const isOfModel = modelOrOptions instanceof nn.Module;
    const options = isOfModel ? (more ?? {}) : modelOrOptions;
    rejectUnknownOptions("ModelSummary", options, ["maxDepth"]);
    if (!isOfModel && more !== undefined)
      throw new MisconfigurationError({
        message: "ModelSummary can look at a module only.",
        expected: "a module and options, or options",
        received: describeValue(modelOrOptions),
      });
    const { maxDepth = 1 } = options;
    if (!Number.isInteger(maxDepth) || maxDepth < -1)
      throw badOption("ModelSummary", "maxDepth", "a whole number of at least 0, or -1 for everything", maxDepth);
    this.#maxDepth = maxDepth;
    this.#model = isOfModel ? modelOrOptions : undefined;
  }

  override onFitStart(trainer: Trainer, module: LightningModule): void {
    if (this.#maxDepth === 0 || !trainer.isGlobalZero) return;
    const { columns, colorDepth, hasColors, isInteractive } = trainer.ports.terminal;
    const screen = { hasColors, colorDepth, columns: isInteractive ? columns : Number.POSITIVE_INFINITY };
    // As it is: names of layers are made visible in the table, and a header may have a colour.
    trainer.print(this.render(this.#summarize(module), screen));
  }

  /** The table of the module that it was made of. @throws MisconfigurationError where it was made of none */
  override toString(): string {
    if (this.#model === undefined)
      throw new MisconfigurationError({
        message: "This ModelSummary was made of no module: it is a callback, which prints when fit starts.",
        tryThis: "String(new ModelSummary(module, { maxDepth: -1 })).",
      });
    return this.render(this.#summarize(this.#model), { hasColors: false, columns: Number.POSITIVE_INFINITY });
  }

  /** The text of a summary; subclasses draw it otherwise. */
  protected render(summary: ModelSummaryContent, { columns }: SummaryScreen): string {
    return renderSummary(summary, columns);
  }

  #summarize(module: nn.Module): ModelSummaryContent {
    const example = module instanceof LightningModule ? module.exampleInputArray : undefined;
    return summarizeModel(module, this.#maxDepth, example);
  }
}
