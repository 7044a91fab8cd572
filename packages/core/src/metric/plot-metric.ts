import { classNameOf } from "../errors/class-name.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tensorScope } from "../tensor/tensor-scope.js";
import { isPromiseLike } from "../tree/is-promise-like.js";

/**
 * Draws a value of a metric or of several: the one that is given, or else what it computes now. Frees what that makes.
 * @throws MisconfigurationError where the metric computes in a promise, which no picture waits for
 */
export function drawnValue(owner: { compute(): unknown }, value: unknown, draw: (value: unknown) => string): string {
  using _scope = tensorScope({ tape: false, name: "plot" });
  const shown: unknown = value === undefined ? owner.compute() : value;
  if (!isPromiseLike(shown)) return draw(shown);
  throw new MisconfigurationError({
    message: `${classNameOf(owner)} computes its value in a promise, and plot does not wait.`,
    tryThis: "metric.plot(await metric.compute()).",
  });
}
