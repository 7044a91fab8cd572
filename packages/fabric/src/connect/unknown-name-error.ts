import { describeValue, MisconfigurationError, nearestName } from "@lightning-ts/core";
import { ADVICE_FOR_LIGHTNING_NAMES } from "./lightning-names.js";

/**
 * @returns the error for an option whose value is a name that nobody knows; it suggests the nearest one, or says what
 * stands in for a name of Lightning's
 */
export function unknownNameError(option: string, received: unknown, known: readonly string[]): MisconfigurationError {
  const nearest = typeof received === "string" ? nearestName(received, known) : undefined;
  const advice = ADVICE_FOR_LIGHTNING_NAMES.get(`${option} ${String(received)}`);
  return new MisconfigurationError({
    code: "LIT_UNKNOWN_NAME",
    message: `There is no ${option} ${describeValue(received)}.`,
    expected: `one of ${known.map((name) => `"${name}"`).join(", ")}, or an object`,
    tryThis: advice ?? (nearest === undefined ? undefined : `${option}: "${nearest}"`),
  });
}
