import { optim, rejectUnknownOptions } from "@lightning-ts/core";
import { badOption } from "../../errors/bad-option.js";
import { WeightAveraging } from "./weight-averaging.js";

export interface EMAWeightAveragingOptions {
  /** What is kept of the averages at each update, from 0 to 1. @default 0.999 */
  readonly decay?: number | undefined;
  /** @default 1 */
  readonly updateEveryNSteps?: number | undefined;
  /** The first step, from 0, after which the averages are updated. @default 0 */
  readonly updateStartingAtStep?: number | undefined;
  /** Also update after each epoch from this one on, from 0. @default never after epochs */
  readonly updateStartingAtEpoch?: number | undefined;
  /** Average buffers too, such as the statistics of batch norms. @default true */
  readonly useBuffers?: boolean | undefined;
}

/**
 * Exponential moving averages of the weights. Validation sees them, checkpoints hold them under `state_dict`, and the
 * model has them when training ends.
 * @example
 * ```ts
 * import { EMAWeightAveraging, Trainer } from "@lightning-ts/pytorch";
 *
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [new EMAWeightAveraging({ decay: 0.99 })] });
 * ```
 */
export class EMAWeightAveraging extends WeightAveraging {
  static override readonly stateName: string = "EMAWeightAveraging";

  readonly #everyNSteps: number;
  readonly #startingAtStep: number;
  readonly #startingAtEpoch: number;

  /** @throws MisconfigurationError for options that do not exist or have no meaning */
  constructor(options: EMAWeightAveragingOptions = {}) {
    rejectUnknownOptions("EMAWeightAveraging", options, [
      "decay",
      "updateEveryNSteps",
      "updateStartingAtStep",
      "updateStartingAtEpoch",
      "useBuffers",
    ]);
    const { decay = 0.999, useBuffers } = options;
    if (!(decay >= 0 && decay <= 1)) throw badOption("EMAWeightAveraging", "decay", "a number from 0 to 1", decay);
    super({ multiAvgFn: optim.swaUtils.getEmaMultiAvgFn(decay), useBuffers: useBuffers ?? true });
    this.#everyNSteps = wholeNumber("updateEveryNSteps", options.updateEveryNSteps ?? 1, 1);
    this.#startingAtStep = wholeNumber("updateStartingAtStep", options.updateStartingAtStep ?? 0, 0);
    this.#startingAtEpoch =
      options.updateStartingAtEpoch === undefined
        ? Number.POSITIVE_INFINITY
        : wholeNumber("updateStartingAtEpoch", options.updateStartingAtEpoch, 0);
  }

  override shouldUpdate({
    stepIdx,
    epochIdx,
  }: {
    readonly stepIdx?: number | undefined;
    readonly epochIdx?: number | undefined;
  }): boolean {
    if (stepIdx !== undefined) return stepIdx >= this.#startingAtStep && stepIdx % this.#everyNSteps === 0;
    return (epochIdx ?? -1) >= this.#startingAtEpoch;
  }
}

function wholeNumber(name: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least)
    throw badOption("EMAWeightAveraging", name, `a whole number of at least ${least}`, value);
  return value;
}
