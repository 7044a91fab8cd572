import { MisconfigurationError } from "@lightning-ts/core";

/** @throws MisconfigurationError where an option is not one of the words that it may be */
export function requireOneOf<TWord extends string>(
  metric: string,
  option: string,
  value: TWord,
  allowed: readonly TWord[],
): void {
  if (allowed.includes(value)) return;
  throw refusedOption(metric, option, value, `one of ${allowed.map((word) => `"${word}"`).join(", ")}`);
}

/** @throws MisconfigurationError where an option is not a whole number of at least `least` */
export function requireInteger(metric: string, option: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw refusedOption(metric, option, value, `a whole number of at least ${least}`);
}

/** What is thrown for an option with a value that it cannot have. */
export function refusedOption(metric: string, option: string, value: unknown, expected: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_METRIC_OPTION",
    message: `${metric} cannot work with this ${option}.`,
    expected,
    received: typeof value === "string" ? `"${value}"` : String(value),
  });
}
