import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { isPromiseLike } from "./is-promise-like.js";

/**
 * For results of user code that nothing can wait for. Returns the value.
 * @param what who returned it, e.g. `"The closure of SGD.step"`
 * @throws MisconfigurationError for a promise; whether that is rejected later is of no interest then
 */
export function refusePromise<TValue>(value: TValue, what: string): TValue {
  if (!isPromiseLike(value)) return value;
  value.then(undefined, () => undefined);
  throw new MisconfigurationError({
    code: "LIT_PROMISE",
    message: `${what} returned a promise, and nothing can wait for it there.`,
    expected: "the value itself",
    tryThis: "await what it needs before, and make it synchronous.",
  });
}
