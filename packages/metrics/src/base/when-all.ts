import { isPromiseLike } from "@lightning-ts/core";

/** Goes on with what several calls gave: at once, or when all of it is there. */
export function whenAll(values: readonly unknown[], goOn: (values: readonly unknown[]) => unknown): unknown {
  return values.some((value) => isPromiseLike(value)) ? Promise.all(values).then(goOn) : goOn(values);
}
