import { classNameOf, MisconfigurationError } from "@lightning-ts/core";
import { badOption } from "../errors/bad-option.js";
import { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { Callback } from "../contract/callback.js";

/**
 * Changes `accumulateGradBatches` at given epochs: `{ 0: 8, 4: 4, 8: 1 }`.
 * @example
 * ```ts
 * import { GradientAccumulationScheduler, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new GradientAccumulationScheduler({ 0: 8, 4: 4, 8: 1 })] });
 * ```
 */
export class GradientAccumulationScheduler extends Callback {
  readonly scheduling: Readonly<Record<number, number>>;
  /** It has set the Trainer's number, and takes that back. */
  #isInForce = false;

  /** @param scheduling from which epoch on, how many batches per step. Epoch 0 has 1 unless it says otherwise */
  constructor(scheduling: Readonly<Record<number, number>>) {
    super();
    const entries = Object.entries(scheduling);
    const isCount = (value: unknown, least: number) => Number.isSafeInteger(value) && Number(value) >= least;
    const isEpoch = (name: string) => isCount(Number(name), 0) && String(Number(name)) === name;
    if (entries.length === 0 || !entries.every(([epoch, factor]) => isEpoch(epoch) && isCount(factor, 1))) {
      const expected = "epochs (0 or more) with numbers of batches (1 or more), such as { 0: 8, 4: 1 }";
      throw badOption("GradientAccumulationScheduler", "schedule", expected, scheduling);
    }
    this.scheduling = { 0: 1, ...scheduling };
  }

  /** Whether any epoch has steps of several batches. */
  goingToAccumulateGradBatches(): boolean {
    return Object.values(this.scheduling).some((factor) => factor > 1);
  }

  /** Batches per step in an epoch. */
  getAccumulateGradBatches(epoch: number): number {
    // Entries stand in the order of the epochs, as JavaScript orders whole numbers among keys.
    return Object.entries(this.scheduling).findLast(([from]) => Number(from) <= epoch)?.[1] ?? 1;
  }

  override onFitStart(trainer: Trainer, module: LightningModule): void {
    if (!module.automaticOptimization)
      throw new MisconfigurationError({
        message: "GradientAccumulationScheduler does nothing in manual optimization.",
        tryThis: "stepping the optimizer every few batches, or automatic optimization.",
      });
    if (trainer.accumulateGradBatches !== 1)
      throw new MisconfigurationError({
        message: "accumulateGradBatches and GradientAccumulationScheduler say different things.",
        tryThis: "one of the two.",
      });
    this.#isInForce = true;
    if (this.goingToAccumulateGradBatches()) warnOfOwnSteps(trainer, module);
  }

  override onTrainStart(trainer: Trainer): void {
    trainer.accumulateGradBatches = this.getAccumulateGradBatches(trainer.currentEpoch);
  }

  override onTrainEpochStart(trainer: Trainer): void {
    trainer.accumulateGradBatches = this.getAccumulateGradBatches(trainer.currentEpoch);
  }

  override teardown(trainer: Trainer): void {
    if (this.#isInForce) trainer.accumulateGradBatches = 1;
    this.#isInForce = false;
  }
}

function warnOfOwnSteps(trainer: Trainer, module: LightningModule): void {
  const own = (["optimizerStep", "optimizerZeroGrad"] as const).filter(
    (name) => module[name] !== LightningModule.prototype[name],
  );
  if (own.length > 0)
    trainer.warn(
      "accumulation with own steps",
      `GradientAccumulationScheduler decides when the optimizer steps, but ${classNameOf(module)} overrides ${own.join(" and ")}: they are called once for each window. Do in onTrainBatchEnd what belongs to each batch.`,
    );
}
