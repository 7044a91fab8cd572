import { describeValue } from "./describe-value.js";
import { INPLACE_ADVICE } from "./inplace-advice.js";
import { MisconfigurationError } from "./misconfiguration-error.js";

/**
 * Throws when something is given more arguments than it takes, which callers without types can do: behind the last
 * one, an argument would be ignored.
 * @param owner who takes the arguments, e.g. `"nn.Conv2d"`
 * @throws MisconfigurationError
 */
export function refuseMore(owner: string, more: readonly unknown[]): void {
  const asked = more.filter((value) => !asksForNothing(value));
  if (asked.length === 0) return;
  throw new MisconfigurationError({
    code: "LIT_UNKNOWN_OPTION",
    message: `${owner} takes fewer arguments.`,
    expected: "no argument behind the last one that it has",
    received: asked.map(received).join(", "),
    tryThis:
      asked[0] === true || asked[0] === false
        ? INPLACE_ADVICE
        : "leave it out, or give it by its name: options go into one object at the end.",
  });
}

/**
 * `refuseMore` for a function of one tensor, which may be given to `tensors.map`: that calls it with an index and the
 * list behind the tensor.
 * @throws MisconfigurationError
 */
export function refuseMoreUnlessMapped(owner: string, more: readonly unknown[]): void {
  const isMapped = more.length === 2 && typeof more[0] === "number" && Array.isArray(more[1]);
  if (!isMapped) refuseMore(owner, more);
}

/** Nothing, and options without any. */
function asksForNothing(value: unknown): boolean {
  return value === undefined || (isPlain(value) && Object.keys(value).length === 0);
}

function received(value: unknown): string {
  return isPlain(value) && !("dataSync" in value) ? `options ${Object.keys(value).join(", ")}` : describeValue(value);
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
