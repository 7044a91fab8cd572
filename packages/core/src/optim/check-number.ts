import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";

/** @throws MisconfigurationError unless `minimum <= value < below` (NaN never is) */
export function checkNumber(
  owner: string,
  name: string,
  value: number,
  minimum = 0,
  below = Number.POSITIVE_INFINITY,
): void {
  if (typeof value === "number" && value >= minimum && value < below) return;
  const expected =
    below === Number.POSITIVE_INFINITY
      ? `a finite number of at least ${minimum}`
      : `a number from ${minimum} to below ${below}`;
  throw new MisconfigurationError({
    message: `${owner}'s ${name} is not usable.`,
    expected,
    received: describeValue(value),
  });
}
