import { MisconfigurationError } from "@lightning-ts/core";
import type { ResolvedLimit } from "../words/batch-limit.js";

/**
 * How many batches of a loader a stage uses.
 * @param length batches of the loader, `Infinity` when unknown
 * @param option the option's name, for messages
 * @throws MisconfigurationError for a fraction of an unknown length, and for one that is no batch at all
 */
export function batchesToUse(length: number, limit: ResolvedLimit, option: string): number {
  if (limit.kind === "count") return Math.min(length, limit.count);
  if (limit.fraction === 1) return length;
  if (!Number.isFinite(length)) {
    throw new MisconfigurationError({
      message: `${option} is a fraction, but the length of the loader is unknown.`,
      received: String(limit.fraction),
      tryThis: "a whole number of batches.",
    });
  }
  const count = Math.floor(length * limit.fraction);
  if (count === 0 && limit.fraction > 0 && length > 0) {
    throw new MisconfigurationError({
      message: `${option}: ${limit.fraction} of ${length} batches is less than one batch.`,
      tryThis: `at least ${1 / length}, or a whole number of batches.`,
    });
  }
  return count;
}
