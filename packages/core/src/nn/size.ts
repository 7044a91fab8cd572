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

/** Throws unless `value` is an integer of at least `least`. */
export function checkCount(value: number, name: string, least = 1): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new MisconfigurationError({
    message: `${name} cannot have this value.`,
    expected: `an integer of at least ${least}`,
    received: String(value),
  });
}
