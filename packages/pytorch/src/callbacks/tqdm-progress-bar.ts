import { MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import type { Trainer } from "../contract/trainer.js";
import { ProgressBar } from "./progress-bar.js";

export interface TQDMProgressBarOptions {
  /** Batches between two updates; 0 shows nothing. The environment variable `TQDM_MINITERS` raises it. @default 1 */
  readonly refreshRate?: number | undefined;
  /** Only 0: bars of other programs are not known here. @default 0 */
  readonly processPosition?: number | undefined;
  /** Whether the bar of an epoch stays on the screen when the next one begins. @default false */
  readonly leave?: boolean | undefined;
}

/**
 * The progress bar with the options of Lightning's `TQDMProgressBar`.
 * @example
 * ```ts
 * import { TQDMProgressBar, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new TQDMProgressBar({ refreshRate: 10 })] });
 * ```
 */
export class TQDMProgressBar extends ProgressBar {
  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: TQDMProgressBarOptions = {}) {
    rejectUnknownOptions("TQDMProgressBar", options, ["refreshRate", "processPosition", "leave"]);
    if ((options.processPosition ?? 0) !== 0)
      throw new MisconfigurationError({
        message: "TQDMProgressBar cannot stand below other programs' bars.",
        expected: "processPosition 0",
        received: String(options.processPosition),
      });
    super({ refreshRate: options.refreshRate, leave: options.leave ?? false });
  }

  /** The environment may ask for fewer drawings. @throws MisconfigurationError where it asks for no number */
  protected override batchesBetween(trainer: Trainer): number {
    const given = trainer.ports.environment.get("TQDM_MINITERS");
    if (given === undefined || given === "") return super.batchesBetween(trainer);
    const least = Number(given);
    if (!Number.isSafeInteger(least) || least < 0)
      throw new MisconfigurationError({
        message: "The environment variable TQDM_MINITERS is no number of batches.",
        expected: "a whole number of batches",
        received: JSON.stringify(given),
      });
    return Math.max(least, super.batchesBetween(trainer));
  }
}
