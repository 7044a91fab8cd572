import { classNameOf, type Optimizer, refusePromise } from "@lightning-ts/core";
import { Callback } from "../../contract/callback.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { readSavedTraining, restoreTraining, type SavedTraining, savedTraining } from "./saved-training.js";
import { filterParams, flattenModules, freeze, makeTrainable, type Modules } from "./modules.js";

export interface UnfreezeOptions {
  /** @default the first group's, divided by `initialDenomLr` */
  readonly lr?: number | undefined;
  /** @default 10 */
  readonly initialDenomLr?: number | undefined;
  /** Whether batch norms are trained too. @default true */
  readonly trainBn?: boolean | undefined;
}

/**
 * Base of callbacks that freeze parts of a model and unfreeze them later. `freezeBeforeTraining` is called before
 * `configureOptimizers`, whose optimizer takes what still has `requiresGrad`; `finetuneFunction` is called at every
 * epoch's start for every optimizer. Groups that it adds and what it unfreezes come back with a checkpoint.
 * @example
 * ```ts
 * import { type Optimizer } from "@lightning-ts/core";
 * import { BaseFinetuning, LightningModule, Trainer } from "@lightning-ts/pytorch";
 *
 * class UnfreezeAll extends BaseFinetuning {
 *   override freezeBeforeTraining(module: LightningModule) {
 *     this.freeze(module.children().slice(0, -1));
 *   }
 *   override finetuneFunction(module: LightningModule, epoch: number, optimizer: Optimizer) {
 *     if (epoch === 5) this.unfreezeAndAddParamGroup(module.children(), optimizer, { lr: 1e-4 });
 *   }
 * }
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new UnfreezeAll()] });
 * ```
 */
export abstract class BaseFinetuning extends Callback {
  static override readonly stateName: string = "BaseFinetuning";

  static readonly flattenModules = flattenModules;
  static readonly filterParams = filterParams;
  static readonly makeTrainable = makeTrainable;
  static readonly freeze = freeze;

  #latest: SavedTraining | undefined;
  #isRestored = false;

  /** Freezes what is not trained at first. */
  abstract freezeBeforeTraining(module: LightningModule): void;

  /** Unfreezes what is trained from this epoch on, and gives it to the optimizer. */
  abstract finetuneFunction(module: LightningModule, epoch: number, optimizer: Optimizer): void;

  /** Makes modules trainable and gives the optimizer those of their parameters that it lacks, as a new group. */
  static unfreezeAndAddParamGroup(modules: Modules, optimizer: Optimizer, options: UnfreezeOptions = {}): void {
    const { lr, initialDenomLr = 10, trainBn = true } = options;
    makeTrainable(modules);
    const known = new Set(optimizer.paramGroups.flatMap(({ params }) => params));
    const params = filterParams(modules, { trainBn }).filter((parameter) => !known.has(parameter));
    const first = optimizer.paramGroups[0]?.lr ?? 0;
    if (params.length > 0) optimizer.addParamGroup({ params, lr: lr ?? first / initialDenomLr });
  }

  // Lightning's are static too, and its programs call them on `self`.
  flattenModules(...given: Parameters<typeof flattenModules>): ReturnType<typeof flattenModules> {
    return flattenModules(...given);
  }
  filterParams(...given: Parameters<typeof filterParams>): ReturnType<typeof filterParams> {
    return filterParams(...given);
  }
  makeTrainable(modules: Modules): void {
    makeTrainable(modules);
  }
  freeze(...given: Parameters<typeof freeze>): void {
    freeze(...given);
  }
  unfreezeAndAddParamGroup(modules: Modules, optimizer: Optimizer, options: UnfreezeOptions = {}): void {
    BaseFinetuning.unfreezeAndAddParamGroup(modules, optimizer, options);
  }

  override setup(_trainer: Trainer, module: LightningModule): void {
    refusePromise(this.freezeBeforeTraining(module), `${classNameOf(this)}.freezeBeforeTraining`);
  }

  override onFitStart(trainer: Trainer, module: LightningModule): void {
    if (this.#isRestored && this.#latest !== undefined) restoreTraining(this.#latest, trainer.optimizers, module);
    this.#isRestored = false;
  }

  override onTrainEpochStart(trainer: Trainer, module: LightningModule): void {
    const owner = `${classNameOf(this)}.finetuneFunction`;
    for (const optimizer of trainer.optimizers)
      refusePromise(this.finetuneFunction(module, trainer.currentEpoch, optimizer), owner);
    this.#latest = savedTraining(trainer.optimizers, module);
  }

  override stateDict(): Record<string, unknown> {
    return { ...this.#latest };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    this.#latest = readSavedTraining(this, state);
    this.#isRestored = true;
  }
}
