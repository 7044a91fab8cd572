import { classNameOf, MisconfigurationError, optim } from "@lightning-ts/core";
import { Callback } from "../../contract/callback.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { unreadableState } from "../unreadable-state.js";
import { BatchNormPass, batchNormsOf } from "./batch-norm-pass.js";
import { takeParameters, takeSaved } from "./exchange-tensors.js";
import { readSwaOptions, type StochasticWeightAveragingOptions, type SwaSettings } from "./swa-options.js";

type AveragedModel = optim.swaUtils.AveragedModel<never, unknown>;
type State = Readonly<Record<string, unknown>>;

/**
 * Averages the weights of the last epochs (Izmailov et al., 2018): from `swaEpochStart` on the learning rate goes to
 * `swaLrs` and stays there, the weights at the beginning of each epoch count the same, and the model has their mean
 * when training ends. A model with batch norms goes through the training data once more, in an epoch that only computes
 * their statistics anew. For one optimizer, and at most one scheduler, whose place it takes.
 * @example
 * ```ts
 * import { StochasticWeightAveraging, Trainer } from "@lightning-ts/pytorch";
 *
 * const averaging = new StochasticWeightAveraging({ swaLrs: 0.05, swaEpochStart: 0.75 });
 * const trainer = new Trainer({ maxEpochs: 20, callbacks: [averaging] });
 * ```
 */
export class StochasticWeightAveraging extends Callback {
  static override readonly stateName: string = "StochasticWeightAveraging";

  readonly #settings: SwaSettings;
  #average: AveragedModel | undefined;
  #scheduler: optim.swaUtils.SWALR | undefined;
  /** What a checkpoint brought. */
  #restored: State | undefined;
  #latestEpoch = -1;
  #start = 0;
  /** The epochs that the fit was asked for; -1 for no limit. */
  #maxEpochs = -1;
  #hasExtraEpoch = false;
  #pass: BatchNormPass | undefined;

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: StochasticWeightAveragingOptions) {
    super();
    this.#settings = readSwaOptions(options);
  }

  override setup(): void {
    this.#restored = undefined;
    this.#latestEpoch = -1;
  }

  override onFitStart(trainer: Trainer, module: LightningModule): void {
    requireOneOfEach(trainer);
    this.#maxEpochs = trainer.maxEpochs;
    this.#start = firstEpoch(this.#settings, this.#maxEpochs);
    this.#hasExtraEpoch = this.#maxEpochs !== -1 && batchNormsOf(module).length > 0;
    if (this.#hasExtraEpoch) trainer.maxEpochs += 1;
    if (this.#restored === undefined || this.#latestEpoch < 0) return;
    // The scheduler is there before the states of schedulers come back.
    this.#scheduler = replaceScheduler(trainer, this.#settings);
    this.#average = restoredAverage(module, this.#settings, this.#restored);
  }

  override onTrainStart(trainer: Trainer, module: LightningModule): void {
    if (this.#restored?.["updates_batch_norm"] === true && trainer.currentEpoch === this.#maxEpochs)
      this.#beginPass(trainer, module, { isNew: false });
  }

  override onTrainEpochStart(trainer: Trainer, module: LightningModule): void {
    const { currentEpoch } = trainer;
    if (this.#hasExtraEpoch && currentEpoch === this.#maxEpochs) {
      if (this.#average !== undefined) takeParameters(module, this.#average.module);
      this.#beginPass(trainer, module, { isNew: true });
    } else if (currentEpoch >= this.#start && currentEpoch > this.#latestEpoch) this.#takeIn(trainer, module);
  }

  override onTrainEnd(trainer: Trainer, module: LightningModule): void {
    const epochs = trainer.currentEpoch;
    const isWhole = this.#maxEpochs === -1 || epochs === this.#maxEpochs;
    if (isWhole && this.#pass === undefined && this.#average !== undefined)
      takeParameters(module, this.#average.module);
    this.#end(trainer);
  }

  /** Also after a run that failed, limits and batch norms are what they were. */
  override teardown(trainer: Trainer): void {
    this.#end(trainer);
    this.#average?.dispose();
    this.#average = undefined;
    this.#scheduler = undefined;
  }

  override stateDict(): Record<string, unknown> {
    const average = this.#average;
    return {
      n_averaged: average?.nAveraged.dataSync()[0] ?? 0,
      latest_update_epoch: this.#latestEpoch,
      scheduler_state: this.#scheduler?.stateDict() ?? null,
      average_model_state: average === undefined ? null : Object.fromEntries(average.module.stateDict()),
      ...(this.#pass === undefined ? {} : { updates_batch_norm: true }),
    };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    const epoch = state["latest_update_epoch"];
    if (typeof epoch !== "number" || typeof state["n_averaged"] !== "number")
      throw unreadableState(classNameOf(this), state);
    this.#restored = state;
    this.#latestEpoch = epoch;
  }

  /** The weights of this epoch's beginning count from now on. */
  #takeIn(trainer: Trainer, module: LightningModule): void {
    if (this.#scheduler === undefined && trainer.currentEpoch > this.#start)
      trainer.warn(
        "late averaging",
        `StochasticWeightAveraging begins in epoch ${trainer.currentEpoch} instead of ${this.#start}: the checkpoint that the run was started from has no averages.`,
      );
    this.#scheduler ??= replaceScheduler(trainer, this.#settings);
    this.#average ??= newAverage(module, this.#settings);
    this.#average.updateParameters(module);
    this.#latestEpoch = trainer.currentEpoch;
  }

  #beginPass(trainer: Trainer, module: LightningModule, { isNew }: { readonly isNew: boolean }): void {
    this.#pass = new BatchNormPass(module, { isNew });
    trainer.skipsBackward = true;
  }

  #end(trainer: Trainer): void {
    if (this.#hasExtraEpoch) trainer.maxEpochs = this.#maxEpochs;
    this.#hasExtraEpoch = false;
    this.#pass?.end();
    if (this.#pass !== undefined) trainer.skipsBackward = false;
    this.#pass = undefined;
  }
}

function newAverage(module: LightningModule, { avgFn }: SwaSettings): AveragedModel {
  return new optim.swaUtils.AveragedModel(module, { avgFn });
}

function restoredAverage(module: LightningModule, settings: SwaSettings, state: State): AveragedModel {
  const average = newAverage(module, settings);
  takeSaved(average.module, state["average_model_state"], { callback: "StochasticWeightAveraging" });
  average.nAveraged.setData([Number(state["n_averaged"])]);
  return average;
}

/** Lets the run's learning rate go to that of the averaging. */
function replaceScheduler(trainer: Trainer, settings: SwaSettings): optim.swaUtils.SWALR | undefined {
  const optimizer = trainer.optimizers[0]?.optimizer;
  if (optimizer === undefined) return undefined;
  const { annealEpochs, annealStrategy, rates: swaLr } = settings;
  const [known] = trainer.lrSchedulerConfigs;
  if (known !== undefined && (known.interval !== "epoch" || known.frequency !== 1))
    trainer.warn(
      "scheduler of other steps",
      `StochasticWeightAveraging steps once an epoch, and ${classNameOf(known.scheduler)}, whose place it takes, stepped every ${known.frequency} of ${known.interval}.`,
    );
  const scheduler = new optim.swaUtils.SWALR(optimizer, { swaLr, annealEpochs, annealStrategy });
  trainer.lrSchedulerConfigs = [{ scheduler }];
  return scheduler;
}

/** From 0. */
function firstEpoch({ start }: SwaSettings, maxEpochs: number): number {
  if (start.kind === "fraction" && maxEpochs === -1)
    throw new MisconfigurationError({
      message: "StochasticWeightAveraging begins after a part of maxEpochs, and this fit has no limit.",
      expected: "a swaEpochStart that is an epoch, or maxEpochs",
      received: `${start.fraction} of maxEpochs: -1`,
    });
  const epoch = start.kind === "count" ? start.count : Math.floor(start.fraction * maxEpochs);
  return Math.max(epoch - 1, 0);
}

function requireOneOfEach({ optimizers, lrSchedulerConfigs }: Trainer): void {
  if (optimizers.length === 1 && lrSchedulerConfigs.length <= 1) return;
  throw new MisconfigurationError({
    message: "StochasticWeightAveraging works with one optimizer, and at most one scheduler.",
    received: `${optimizers.length} optimizers and ${lrSchedulerConfigs.length} schedulers from configureOptimizers`,
  });
}
