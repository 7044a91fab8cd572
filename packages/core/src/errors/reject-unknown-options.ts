import { describeValue } from "./describe-value.js";
import { INPLACE_ADVICE } from "./inplace-advice.js";
import { MisconfigurationError } from "./misconfiguration-error.js";
import { nearestName } from "./nearest-name.js";

/**
 * Throws when `options` has a key that is not in `known`, and names the nearest one.
 * @param owner who takes the options, e.g. `"DataLoader"`
 */
export function rejectUnknownOptions(owner: string, options: object, known: readonly string[]): void {
  if (!isObject(options)) {
    throw new MisconfigurationError({
      code: "LIT_UNKNOWN_OPTION",
      message: `${owner} takes an object of options.`,
      expected: `some of ${known.join(", ")}`,
      received: describeValue(options),
    });
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const nearest = nearestName(key, known);
    const suggestion = nearest === undefined ? undefined : `${nearest} (did you mean that?)`;
    throw new MisconfigurationError({
      code: "LIT_UNKNOWN_OPTION",
      message: `${owner} has no option "${key}".`,
      expected: `one of ${known.join(", ")}`,
      tryThis: key === "inplace" ? INPLACE_ADVICE : suggestion,
    });
  }
}

/** What callers without types pass may be anything. */
function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !("dataSync" in value);
}
