import { type optim, rejectUnknownOptions } from "@lightning-ts/core";
import { badOption } from "../../errors/bad-option.js";
import { type BatchLimit, parseLimit, type ResolvedLimit } from "../../words/batch-limit.js";

export interface StochasticWeightAveragingOptions {
  /** The learning rate to average at, above 0; one for all groups of the optimizer, or one each. */
  readonly swaLrs: number | readonly number[];
  /**
   * The first epoch that is averaged: a whole number counts epochs from 1, a fraction below 1 or a percentage is a part
   * of `maxEpochs`. @default 0.8
   */
  readonly swaEpochStart?: BatchLimit | undefined;
  /** Epochs in which the rate goes to `swaLrs`. @default 10 */
  readonly annealingEpochs?: number | undefined;
  /** @default "cos" */
  readonly annealingStrategy?: "cos" | "linear" | undefined;
  /** How a parameter is averaged. @default the mean */
  readonly avgFn?: optim.swaUtils.AvgFn | undefined;
}

/** The options, checked, with their defaults. */
export interface SwaSettings {
  readonly rates: number | readonly number[];
  readonly start: ResolvedLimit;
  readonly annealEpochs: number;
  readonly annealStrategy: "cos" | "linear";
  readonly avgFn: optim.swaUtils.AvgFn | undefined;
}

const OWNER = "StochasticWeightAveraging";

/** @throws MisconfigurationError for options that do not exist or have no meaning */
export function readSwaOptions(options: StochasticWeightAveragingOptions): SwaSettings {
  rejectUnknownOptions(OWNER, options, ["swaLrs", "swaEpochStart", "annealingEpochs", "annealingStrategy", "avgFn"]);
  const { swaLrs, swaEpochStart = 0.8, annealingEpochs = 10, annealingStrategy = "cos", avgFn } = options;
  const rates: readonly unknown[] = Array.isArray(swaLrs) ? swaLrs : [swaLrs];
  if (rates.length === 0 || !rates.every((rate) => Number.isFinite(rate) && Number(rate) > 0))
    throw badOption(OWNER, "swaLrs", "a number above 0, or a list of them", swaLrs);
  if (!Number.isInteger(annealingEpochs) || annealingEpochs < 0)
    throw badOption(OWNER, "annealingEpochs", "a whole number of at least 0", annealingEpochs);
  if (annealingStrategy !== "cos" && annealingStrategy !== "linear")
    throw badOption(OWNER, "annealingStrategy", '"cos" or "linear"', annealingStrategy);
  if (avgFn !== undefined && typeof avgFn !== "function")
    throw badOption(OWNER, "avgFn", "a function of the average, the value and the number of models", avgFn);
  const start = parseLimit(swaEpochStart);
  if (start === undefined)
    throw badOption(
      OWNER,
      "swaEpochStart",
      'an epoch from 1 on, a part of maxEpochs below 1, or a percentage such as "80%"',
      swaEpochStart,
    );
  return { rates: swaLrs, start, annealEpochs: annealingEpochs, annealStrategy: annealingStrategy, avgFn };
}
