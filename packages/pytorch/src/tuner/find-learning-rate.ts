import { MisconfigurationError } from "@lightning-ts/core";
import type { LightningModule } from "../contract/lightning-module.js";
import type { FitOptions } from "../contract/run-options.js";
import type { Trainer } from "../contract/trainer.js";
import { LRFinder, type RampMode } from "./lr-finder.js";
import { RampLearningRate } from "./ramp-learning-rate.js";
import { runTrial } from "./trial.js";

/** How a learning rate is searched for. */
export interface LRRangeOptions {
  /** @default 1e-8 */
  readonly minLr?: number | undefined;
  /** @default 1 */
  readonly maxLr?: number | undefined;
  /** Optimizer steps to make. @default 100 */
  readonly numTraining?: number | undefined;
  /** @default "exponential" */
  readonly mode?: RampMode | undefined;
  /** Stop where the smoothed loss passes so many times its best; `false` for never. @default 4 */
  readonly earlyStopThreshold?: number | false | undefined;
}

/** Names of the options above. */
export const RANGE_OPTIONS = ["minLr", "maxLr", "numTraining", "mode", "earlyStopThreshold"] as const;

type FitOf = Pick<FitOptions, "trainDataloaders" | "datamodule">;

/** Raises the learning rate from step to step and watches the loss. The module is as before afterwards. */
export async function findLearningRate(
  trainer: Trainer,
  module: LightningModule,
  data: FitOf,
  range: LRRangeOptions,
): Promise<LRFinder> {
  const { minLr, maxLr, numTraining, mode, earlyStopThreshold } = checked(range);
  const ramp = new RampLearningRate({ mode, minLr, maxLr, steps: numTraining, earlyStopThreshold });
  const options = { maxSteps: numTraining, limitValBatches: 0, overfitBatches: undefined } as const;
  await runTrial(trainer, {
    module,
    callbacks: [ramp],
    options,
    loaders: data.trainDataloaders,
    run: (trial) => trial.fit<LightningModule>(module, data),
  });
  return new LRFinder(mode, { lr: ramp.lrs, loss: ramp.losses });
}

function checked({
  minLr = 1e-8,
  maxLr = 1,
  numTraining = 100,
  mode = "exponential",
  earlyStopThreshold = 4,
}: LRRangeOptions) {
  const problems: string[] = [];
  if (!(minLr > 0) || !(maxLr > minLr) || !Number.isFinite(maxLr))
    problems.push(`minLr above 0 and a higher maxLr, received ${minLr} and ${maxLr}`);
  if (!Number.isSafeInteger(numTraining) || numTraining < 1)
    problems.push(`numTraining, a whole number of at least 1, received ${String(numTraining)}`);
  if (mode !== "exponential" && mode !== "linear")
    problems.push(`mode "exponential" or "linear", received ${JSON.stringify(mode)}`);
  if (earlyStopThreshold !== false && !(earlyStopThreshold > 0))
    problems.push(`earlyStopThreshold above 0, or false, received ${String(earlyStopThreshold)}`);
  if (problems.length > 0)
    throw new MisconfigurationError({
      code: "LIT_TUNER",
      message: `The options of lrFind do not fit. Expected ${problems.join("; ")}.`,
    });
  return {
    minLr,
    maxLr,
    numTraining,
    mode,
    earlyStopThreshold: earlyStopThreshold === false ? undefined : earlyStopThreshold,
  };
}
