import { MisconfigurationError } from "@lightning-ts/core";

/** What options of all metrics have in common, whatever else they have. */
export interface CheckedOptions {
  readonly threshold?: number | undefined;
  readonly numClasses?: number | undefined;
  readonly numLabels?: number | undefined;
  readonly topK?: number | undefined;
  readonly average?: string | undefined;
  readonly multidimAverage?: string | undefined;
  readonly ignoreIndex?: number | undefined;
  readonly zeroDivision?: number | undefined;
}

/** @throws MisconfigurationError that names the first option with a value that means nothing */
export function checkOptions(metric: string, options: CheckedOptions): void {
  const { threshold, numClasses, numLabels, topK, average, multidimAverage, ignoreIndex, zeroDivision } = options;
  const isCount = (value: number | undefined, least: number) =>
    value === undefined || (Number.isInteger(value) && value >= least);
  const isOneOf = (value: unknown, values: readonly unknown[]) => value === undefined || values.includes(value);
  const isShare = threshold === undefined || (threshold >= 0 && threshold <= 1);
  if (!isShare) refuse(metric, "threshold", threshold, "a number from 0 to 1");
  if (!isCount(numClasses, 2)) refuse(metric, "numClasses", numClasses, "a whole number from 2 on");
  if (!isCount(numLabels, 2)) refuse(metric, "numLabels", numLabels, "a whole number from 2 on");
  if (!isCount(topK, 1) || (topK ?? 1) > (numClasses ?? Number.POSITIVE_INFINITY))
    refuse(
      metric,
      "topK",
      topK,
      `a whole number from 1 to numClasses${numClasses === undefined ? "" : `, ${numClasses}`}`,
    );
  if (!isOneOf(average, ["micro", "macro", "weighted", "none"]))
    refuse(metric, "average", average, `"micro", "macro", "weighted" or "none"`);
  if (!isOneOf(multidimAverage, ["global", "samplewise"]))
    refuse(metric, "multidimAverage", multidimAverage, `"global" or "samplewise"`);
  if (ignoreIndex !== undefined && !Number.isInteger(ignoreIndex))
    refuse(metric, "ignoreIndex", ignoreIndex, "a whole number");
  if (!isOneOf(zeroDivision, [0, 1])) refuse(metric, "zeroDivision", zeroDivision, "0 or 1");
}

/** @throws MisconfigurationError for a value of an option that means nothing */
export function refuse(metric: string, option: string, value: unknown, expected: string): never {
  throw new MisconfigurationError({
    message: `${metric} cannot use this value of its option ${option}.`,
    expected,
    received: JSON.stringify(value) ?? String(value),
  });
}

/** @throws MisconfigurationError where an option is missing without which there is nothing to count */
export function requireOption(metric: string, option: string, value: number | undefined): number {
  if (value !== undefined) return value;
  throw new MisconfigurationError({
    message: `${metric} has to know ${option}.`,
    expected: `${option}: a whole number from 2 on`,
    received: "none",
  });
}
