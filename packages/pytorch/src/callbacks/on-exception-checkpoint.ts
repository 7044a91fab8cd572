import { rejectUnknownOptions, visibleName } from "@lightning-ts/core";
import { isFileError } from "@lightning-ts/fabric";
import type { LightningModule } from "../contract/lightning-module.js";
import type { Stage } from "../words/stages.js";
import type { Trainer } from "../contract/trainer.js";
import { Checkpoint } from "./checkpoint.js";
import { checkpointFolder } from "./checkpoint-folder.js";
import { isOnAllRanks } from "./led-by-rank-zero.js";
import { tolerateSaveErrors } from "./tolerate-save-errors.js";

export interface OnExceptionCheckpointOptions {
  /** Folder for the file. */
  readonly dirpath: string;
  /** Name without the extension. @default "on_exception" */
  readonly filename?: string | undefined;
}

/**
 * Writes a checkpoint when a fit fails or is interrupted. The next `fit` without `ckptPath` goes on from it (a batch
 * that failed is left out), and a fit that ends well removes it.
 * @example
 * ```ts
 * import { OnExceptionCheckpoint, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new OnExceptionCheckpoint({ dirpath: "rescue" })] });
 * ```
 */
export class OnExceptionCheckpoint extends Checkpoint {
  readonly #options: OnExceptionCheckpointOptions;
  /** A run that failed before that has nothing to save. */
  #isSetUp = false;

  constructor(options: OnExceptionCheckpointOptions) {
    super();
    rejectUnknownOptions("OnExceptionCheckpoint", options, ["dirpath", "filename"]);
    this.#options = options;
  }

  /** Where the file is, or would be. */
  pathFor(trainer: Trainer): string {
    return trainer.ports.files.join(
      checkpointFolder(trainer, this.#options.dirpath),
      `${visibleName(this.#options.filename ?? "on_exception")}.ckpt`,
    );
  }

  override setup(): void {
    this.#isSetUp = true;
  }

  override async onException(trainer: Trainer, _module: LightningModule, error: unknown): Promise<void> {
    if (!this.#isSetUp) return;
    const hasTrained = trainer.batchesSeen > 0 && (trainer.training || trainer.validating);
    if (trainer.stage === "fit" && trainer.fastDevRun === 0 && hasTrained && isOnAllRanks(trainer, error))
      await tolerateSaveErrors(trainer, () => trainer.saveCheckpoint(this.pathFor(trainer)))();
  }

  override async teardown(trainer: Trainer, _module: LightningModule, stage: Stage, error?: unknown): Promise<void> {
    this.#isSetUp = false;
    if (stage === "fit" && error === undefined && trainer.isGlobalZero) await this.#remove(trainer);
  }

  /** A run that ended well does not fail because a file of an earlier one cannot be removed. */
  async #remove(trainer: Trainer): Promise<void> {
    const path = this.pathFor(trainer);
    try {
      await trainer.removeCheckpoint(path);
    } catch (failure) {
      if (!isFileError(failure)) throw failure;
      trainer.warn(
        `remove ${path}`,
        `OnExceptionCheckpoint: ${path} could not be removed: ${failure.message}. Try: remove it, as the next fit without ckptPath would go on from it.`,
      );
    }
  }
}
