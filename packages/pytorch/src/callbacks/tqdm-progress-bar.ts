import { MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import { ProgressBar } from "./progress-bar.js";

export interface TQDMProgressBarOptions {
  /** Batches between two updates; 0 shows nothing. @default 1 */
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
}
