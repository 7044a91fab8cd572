import { classNameOf, describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { Callback } from "../../contract/callback.js";
import type { LightningModule } from "../../contract/lightning-module.js";
import type { Trainer } from "../../contract/trainer.js";
import { badOption } from "../../errors/bad-option.js";

/** When predictions are written: after each batch, at the end, or both. */
export type WriteInterval = "batch" | "epoch" | "batch_and_epoch";

export interface BasePredictionWriterOptions {
  /** @default "batch" */
  readonly writeInterval?: WriteInterval | undefined;
}

/** A batch that was predicted. */
export interface WrittenBatch {
  readonly prediction: unknown;
  /** Which items of the dataset the batch has; undefined where the loader does not know. */
  readonly batchIndices: readonly number[] | undefined;
  readonly batch: unknown;
  readonly batchIdx: number;
  readonly dataloaderIdx: number;
}

/** All that was predicted. */
export interface WrittenEpoch {
  /** The predictions of each batch; with several loaders a list of those for each. */
  readonly predictions: readonly unknown[];
  /** For each loader the items of each of its batches; empty for a loader that does not know. */
  readonly batchIndices: readonly (readonly (readonly number[])[])[];
}

/**
 * Base of callbacks that write predictions where `trainer.predict` would return them: override `writeOnBatchEnd`,
 * `writeOnEpochEnd` or both. With `returnPredictions: false`, tensors are freed after the last hook.
 * @example
 * ```ts
 * import { BasePredictionWriter, type LightningModule, type Trainer, type WrittenBatch } from "@lightning-ts/pytorch";
 *
 * class PrintPredictions extends BasePredictionWriter {
 *   override writeOnBatchEnd(trainer: Trainer, _module: LightningModule, { prediction, batchIndices }: WrittenBatch) {
 *     trainer.print(batchIndices, String(prediction));
 *   }
 * }
 * console.log(new PrintPredictions({ writeInterval: "batch" }).interval); // batch
 * ```
 */
export abstract class BasePredictionWriter extends Callback {
  readonly interval: WriteInterval;

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: BasePredictionWriterOptions = {}) {
    super();
    rejectUnknownOptions(classNameOf(this), options, ["writeInterval"]);
    const { writeInterval = "batch" } = options;
    if (writeInterval !== "batch" && writeInterval !== "epoch" && writeInterval !== "batch_and_epoch")
      throw badOption(classNameOf(this), "writeInterval", '"batch", "epoch" or "batch_and_epoch"', writeInterval);
    this.interval = writeInterval;
  }

  /** Writes the predictions of a batch. A promise is waited for. */
  writeOnBatchEnd(_trainer: Trainer, _module: LightningModule, _written: WrittenBatch): void | Promise<void> {
    throw this.#notWritten("writeOnBatchEnd");
  }

  /** Writes all predictions. A promise is waited for. */
  writeOnEpochEnd(_trainer: Trainer, _module: LightningModule, _written: WrittenEpoch): void | Promise<void> {
    throw this.#notWritten("writeOnEpochEnd");
  }

  override onPredictBatchEnd(
    trainer: Trainer,
    module: LightningModule,
    prediction: unknown,
    batch: unknown,
    batchIdx: number,
    dataloaderIdx: number,
  ): void | Promise<void> {
    if (this.interval === "epoch") return undefined;
    const { currentBatchIndices: batchIndices } = trainer.predictLoop;
    return this.writeOnBatchEnd(trainer, module, { prediction, batchIndices, batch, batchIdx, dataloaderIdx });
  }

  override onPredictEpochEnd(trainer: Trainer, module: LightningModule): void | Promise<void> {
    if (this.interval === "batch") return undefined;
    const { predictions, epochBatchIndices: batchIndices } = trainer.predictLoop;
    return this.writeOnEpochEnd(trainer, module, { predictions, batchIndices });
  }

  #notWritten(method: string): MisconfigurationError {
    return new MisconfigurationError({
      message: `${classNameOf(this)} has writeInterval ${describeValue(this.interval)} and no ${method}.`,
      tryThis: `override ${method}, or another writeInterval.`,
    });
  }
}
