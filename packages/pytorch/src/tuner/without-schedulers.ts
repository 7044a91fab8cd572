import { classNameOf, isPromiseLike, MisconfigurationError, type Optimizer } from "@lightning-ts/core";
import type { LightningModule } from "../contract/lightning-module.js";
import { resolveOptimizers } from "../run/optimization/resolve-optimizers.js";
import { adoptTfOptimizers } from "../run/optimization/tf-train-optimizer.js";

/**
 * Lets a module bring its one optimizer and no schedulers while `body` runs: the learning rate is the tuner's.
 * @throws MisconfigurationError for several optimizers, from the run
 */
export async function withoutSchedulers(module: LightningModule, body: () => Promise<void>): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(module, "configureOptimizers");
  const configure = module.configureOptimizers;
  const only = (returned: unknown): Optimizer => onlyOptimizer(module, returned);
  module.configureOptimizers = () => {
    const returned = configure.call(module);
    return isPromiseLike(returned) ? Promise.resolve(returned).then(only) : only(returned);
  };
  try {
    await body();
  } finally {
    if (own === undefined) Reflect.deleteProperty(module, "configureOptimizers");
    else Object.defineProperty(module, "configureOptimizers", own);
  }
}

function onlyOptimizer(module: LightningModule, returned: unknown): Optimizer {
  const { optimizers } = resolveOptimizers(
    adoptTfOptimizers(returned, () => module.parameters()),
    { isAutomatic: module.automaticOptimization },
  );
  const [optimizer] = optimizers;
  if (optimizer !== undefined && optimizers.length === 1) return optimizer;
  throw new MisconfigurationError({
    code: "LIT_TUNER",
    message: `The learning rate finder works with one optimizer, and ${classNameOf(module)}.configureOptimizers returned ${optimizers.length}.`,
    tryThis: "find the rate of one of them in a module that trains it alone.",
  });
}
