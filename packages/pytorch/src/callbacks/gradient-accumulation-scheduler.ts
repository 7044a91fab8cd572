import { MisconfigurationError } from "@lightning-ts/core";
import { describeValue } from "../errors/describe-value.js";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Trainer } from "../contract/trainer.js";
import { Callback } from "../contract/callback.js";

/** Changes `accumulateGradBatches` at given epochs: `{ 0: 8, 4: 4, 8: 1 }`. */
export class GradientAccumulationScheduler extends Callback {
  readonly scheduling: Readonly<Record<number, number>>;

  /** @param scheduling from which epoch on, how many batches per step. Epoch 0 has 1 unless it says otherwise */
  constructor(scheduling: Readonly<Record<number, number>>) {
    super();
    const entries = Object.entries(scheduling);
    const isCount = (value: unknown, least: number) => Number.isSafeInteger(value) && Number(value) >= least;
    if (entries.length === 0 || !entries.every(([epoch, factor]) => isCount(Number(epoch), 0) && isCount(factor, 1))) {
      throw new MisconfigurationError({
        message: "GradientAccumulationScheduler cannot use this schedule.",
        expected: "epochs (0 or more) with numbers of batches (1 or more), such as { 0: 8, 4: 1 }",
        received: describeValue(scheduling),
      });
    }
    this.scheduling = { 0: 1, ...scheduling };
  }

  /** Batches per step in an epoch. */
  factorFor(epoch: number): number {
    const begun = Object.entries(this.scheduling).filter(([from]) => Number(from) <= epoch);
    return begun.reduce<readonly [string, number]>(
      (latest, one) => (Number(one[0]) >= Number(latest[0]) ? one : latest),
      ["-1", 1],
    )[1];
  }

  override onFitStart(trainer: Trainer, module: LightningModule): void {
    if (!module.automaticOptimization)
      throw new MisconfigurationError({ message: "GradientAccumulationScheduler needs automatic optimization." });
    if (trainer.accumulateGradBatches !== 1)
      throw new MisconfigurationError({
        message: "accumulateGradBatches and GradientAccumulationScheduler say different things.",
        tryThis: "one of the two.",
      });
  }

  override onTrainStart(trainer: Trainer): void {
    trainer.accumulateGradBatches = this.factorFor(trainer.currentEpoch);
  }

  override onTrainEpochStart(trainer: Trainer): void {
    trainer.accumulateGradBatches = this.factorFor(trainer.currentEpoch);
  }

  override teardown(trainer: Trainer): void {
    trainer.accumulateGradBatches = 1;
  }
}
