import { MisconfigurationError, nearestName } from "@lightning-ts/core";
import type { CallbackHooks } from "../contract/callback-hooks.js";
import { Callback } from "../contract/callback.js";

/**
 * A callback made of functions, one for each hook: `new LambdaCallback({ onTrainEpochEnd: (trainer) => … })`.
 * @example
 * ```ts
 * import { LambdaCallback, Trainer } from "@lightning-ts/pytorch";
 *
 * const printEpochs = new LambdaCallback({ onTrainEpochEnd: (trainer) => console.log(trainer.currentEpoch) });
 * const trainer = new Trainer({ maxEpochs: 10, callbacks: [printEpochs] });
 * ```
 */
export class LambdaCallback extends Callback {
  /** @throws MisconfigurationError for a name that is no hook */
  constructor(hooks: CallbackHooks) {
    super();
    for (const [name, hook] of Object.entries(hooks)) {
      if (hook === undefined) continue;
      if (!HOOK_NAMES.includes(name) || typeof hook !== "function") throw unknownHook(name);
      Object.defineProperty(this, name, { value: hook, enumerable: true });
    }
  }
}

const NOT_HOOKS = ["constructor", "stateKey", "stateDict", "loadStateDict", "log", "logDict"];
const HOOK_NAMES: readonly string[] = Object.getOwnPropertyNames(Callback.prototype).filter(
  (name) => !NOT_HOOKS.includes(name),
);

function unknownHook(name: string): MisconfigurationError {
  const nearest = nearestName(name, HOOK_NAMES);
  return new MisconfigurationError({
    code: "LIT_UNKNOWN_HOOK",
    message: `LambdaCallback got "${name}", which is no hook or no function.`,
    expected: `functions for hooks such as ${HOOK_NAMES.slice(0, 6).join(", ")}`,
    tryThis: nearest === undefined ? undefined : `${nearest} (did you mean that?)`,
  });
}
