import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";

/** One length for every spatial dimension, or one each. */
export type Size = number | readonly number[];

/**
 * A size as one length per dimension. @throws MisconfigurationError for another number of lengths, or lengths below
 * `least`
 */
export function toLengths(size: Size, dimensions: number, name: string, least = 1): number[] {
  const lengths = typeof size === "number" ? Array.from({ length: dimensions }, () => size) : listed(size);
  if (lengths.length === dimensions && lengths.every((length) => Number.isInteger(length) && length >= least))
    return lengths;
  throw new MisconfigurationError({
    message: `${name} does not fit a layer with ${dimensions} spatial dimension${dimensions === 1 ? "" : "s"}.`,
    expected: `an integer of at least ${least}, or ${dimensions} of them`,
    received: JSON.stringify(size) ?? "undefined",
  });
}

/** What callers without types pass may be no list. */
function listed(size: unknown): number[] {
  return Array.isArray(size) ? [...size] : [];
}

/** The last dimensions that a layer normalizes over. @throws MisconfigurationError for what are no lengths */
export function toShape(owner: string, shape: number | readonly number[]): number[] {
  const lengths = typeof shape === "number" ? [shape] : listed(shape);
  if (lengths.length > 0 && lengths.every((length) => Number.isInteger(length) && length > 0)) return lengths;
  throw new MisconfigurationError({
    message: `${owner}: normalizedShape does not fit.`,
    expected: "a length of at least 1, or several",
    received: describeValue(shape),
  });
}

/** Throws unless `value` is an integer of at least `least`. */
export function checkCount(value: number, name: string, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new MisconfigurationError({
    message: `${name} cannot have this value.`,
    expected: `an integer of at least ${least}`,
    received: describeValue(value),
  });
}
