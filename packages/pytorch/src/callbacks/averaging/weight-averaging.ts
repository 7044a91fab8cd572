import { classNameOf, isCount, MisconfigurationError, optim, rejectUnknownOptions } from "@lightning-ts/core";
import { Callback } from "../../contract/callback.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import type { CheckpointContent } from "../../words/checkpoint-content.js";
import type { Stage } from "../../words/stages.js";
import { unreadableState } from "../unreadable-state.js";
import { swapTensors, takeSaved, takeTensors } from "./exchange-tensors.js";

type AveragedModel = optim.swaUtils.AveragedModel<never, unknown>;

export interface WeightAveragingOptions extends optim.swaUtils.AveragedModelOptions {
  /** Average buffers too, such as the statistics of batch norms. @default true */
  readonly useBuffers?: boolean | undefined;
}

/**
 * Averages the model's weights while it trains. Validation sees the averages, checkpoints hold them under `state_dict`
 * (and the weights that training goes on with under `current_model_state`), and the model has them when training ends.
 * Without options all steps count the same; a subclass decides in `shouldUpdate` which steps and epochs count.
 * @example
 * ```ts
 * import { Trainer, WeightAveraging } from "@lightning-ts/pytorch";
 *
 * class LateAveraging extends WeightAveraging {
 *   override shouldUpdate({ stepIdx }: { stepIdx?: number | undefined }) {
 *     return stepIdx !== undefined && stepIdx >= 1000;
 *   }
 * }
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new LateAveraging()] });
 * ```
 */
export class WeightAveraging extends Callback {
  static override readonly stateName: string = "WeightAveraging";

  readonly #options: WeightAveragingOptions;
  #average: AveragedModel | undefined;
  #isFitting = false;
  /** The averages that the model has just now: their place holds its own weights. */
  #swapped: AveragedModel | undefined;
  /** `globalStep` and epoch of the newest update. */
  #latestStep = 0;
  #latestEpoch = -1;

  /** @throws MisconfigurationError for options that do not exist, or `avgFn` together with `multiAvgFn` */
  constructor(options: WeightAveragingOptions = {}) {
    super();
    rejectUnknownOptions("WeightAveraging", options, ["avgFn", "multiAvgFn", "useBuffers"]);
    if (options.avgFn !== undefined && options.multiAvgFn !== undefined)
      throw new MisconfigurationError({
        message: "WeightAveraging averages in one way only.",
        expected: "avgFn or multiAvgFn",
        received: "both",
      });
    this.#options = { useBuffers: true, ...options };
  }

  /**
   * Whether the averages take in the current weights: asked after each optimizer step (`stepIdx`, from 0) and after
   * each epoch (`epochIdx`, from 0). @default after each step
   */
  shouldUpdate({
    stepIdx,
  }: {
    readonly stepIdx?: number | undefined;
    readonly epochIdx?: number | undefined;
  }): boolean {
    return stepIdx !== undefined;
  }

  override setup(_trainer: Trainer, _module: LightningModule, stage: Stage): void {
    this.#isFitting = stage === "fit";
  }

  override onFitStart(_trainer: Trainer, module: LightningModule): void {
    this.#begin(module);
  }

  override onTrainBatchEnd(trainer: Trainer, module: LightningModule): void {
    const { globalStep } = trainer;
    if (globalStep <= this.#latestStep || !this.shouldUpdate({ stepIdx: globalStep - 1 })) return;
    this.#begin(module).updateParameters(module);
    this.#latestStep = globalStep;
  }

  override onTrainEpochEnd(trainer: Trainer, module: LightningModule): void {
    const { currentEpoch } = trainer;
    if (currentEpoch <= this.#latestEpoch || !this.shouldUpdate({ epochIdx: currentEpoch })) return;
    this.#begin(module).updateParameters(module);
    this.#latestEpoch = currentEpoch;
  }

  override onValidationEpochStart(_trainer: Trainer, module: LightningModule): void {
    this.#swapped = this.#averaged();
    if (this.#swapped !== undefined) swapTensors(module, this.#swapped.module);
  }

  override onValidationEpochEnd(_trainer: Trainer, module: LightningModule): void {
    this.#swapBack(module);
  }

  override onTrainEnd(_trainer: Trainer, module: LightningModule): void {
    const averaged = this.#averaged();
    if (averaged !== undefined) takeTensors(module, averaged.module);
  }

  /** After a validation that failed, the model gets its own weights back. */
  override teardown(_trainer: Trainer, module: LightningModule): void {
    this.#swapBack(module);
    this.#average?.dispose();
    this.#average = undefined;
    this.#isFitting = false;
  }

  override stateDict(): Record<string, unknown> {
    return { latest_update_step: this.#latestStep, latest_update_epoch: this.#latestEpoch };
  }

  override loadStateDict(state: Record<string, unknown>): void {
    const { latest_update_step: step = 0, latest_update_epoch: epoch = -1 } = state;
    if (!isCount(step) || (epoch !== -1 && !isCount(epoch))) throw unreadableState(classNameOf(this), state);
    this.#latestStep = step;
    this.#latestEpoch = epoch;
  }

  override onSaveCheckpoint(_trainer: Trainer, _module: LightningModule, checkpoint: CheckpointContent): void {
    if (this.#average === undefined) return;
    const entries = [...this.#average.stateDict()];
    checkpoint["averaging_state"] = Object.fromEntries(entries.filter(([name]) => !name.startsWith(AVERAGE)));
    if (this.#averaged() === undefined) return;
    checkpoint["current_model_state"] = checkpoint["state_dict"];
    checkpoint["state_dict"] = Object.fromEntries(
      entries
        .filter(([name]) => name.startsWith(AVERAGE))
        .map(([name, tensor]) => [name.slice(AVERAGE.length), tensor]),
    );
  }

  override onLoadCheckpoint(trainer: Trainer, module: LightningModule, checkpoint: CheckpointContent): void {
    if (!this.#isFitting) return;
    const [averaging, current] = [checkpoint["averaging_state"], checkpoint["current_model_state"]];
    const average = this.#begin(module);
    const callback = classNameOf(this);
    if (averaging === undefined)
      return trainer.warn(
        "checkpoint without averages",
        "The checkpoint was written without WeightAveraging. Averaging begins with the weights that training goes on with.",
      );
    takeSaved(average, averaging, { callback, strict: false });
    if (current === undefined) return;
    takeTensors(average.module, module);
    takeSaved(module, current, { callback });
  }

  /** The averages; the first call makes them, as a copy of the model. */
  #begin(module: LightningModule): AveragedModel {
    this.#average ??= new optim.swaUtils.AveragedModel(module, this.#options);
    return this.#average;
  }

  /** The averages, once something was averaged. */
  #averaged(): AveragedModel | undefined {
    return this.#average?.nAveraged.dataSync()[0] === 0 ? undefined : this.#average;
  }

  #swapBack(module: LightningModule): void {
    if (this.#swapped !== undefined) swapTensors(module, this.#swapped.module);
    this.#swapped = undefined;
  }
}

/** Before the names of the averages in the state of an `AveragedModel`. */
const AVERAGE = "module.";
