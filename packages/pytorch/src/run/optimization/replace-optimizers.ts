import { classNameOf, MisconfigurationError, type Optimizer } from "@lightning-ts/core";
import { isLightningOptimizer } from "../../words/lightning-optimizer.js";
import type { FitSession } from "../session/fit-session.js";
import type { LRSchedulerConfig } from "../../words/scheduler-config.js";
import { requireOwnParameters } from "../warnings/own-parameters.js";
import { resolveOptimizers } from "./resolve-optimizers.js";

/**
 * Other optimizers for a fit that is under way. Schedulers stay.
 * @throws MisconfigurationError outside of a fit, and for what `configureOptimizers` could not return either
 */
export function replaceOptimizers(fit: FitSession | undefined, given: readonly Optimizer[]): void {
  requireFit(fit, "optimizers");
  const own = given.map((optimizer) => (isLightningOptimizer(optimizer) ? optimizer.optimizer : optimizer));
  const isAutomatic = fit.module.automaticOptimization;
  const { optimizers } = own.length === 0 ? { optimizers: [] } : resolveOptimizers(own, { isAutomatic });
  requireOwnParameters(fit, optimizers);
  const { strategy } = fit.connection;
  for (const optimizer of optimizers) strategy.setupOptimizer(optimizer);
  warnOfLeftSchedulers(fit, optimizers);
  fit.optimizers = { ...fit.optimizers, optimizers };
  fit.stepper.replace(optimizers);
}

/**
 * Other schedulers for a fit that is under way.
 * @throws MisconfigurationError outside of a fit, and for what `configureOptimizers` could not return either
 */
export function replaceSchedulers(fit: FitSession | undefined, given: readonly LRSchedulerConfig[]): void {
  requireFit(fit, "lrSchedulerConfigs");
  const { optimizers } = fit.optimizers;
  const isAutomatic = fit.module.automaticOptimization;
  const { schedulers } = resolveOptimizers([optimizers, given.map(asGiven)], { isAutomatic });
  fit.optimizers = { ...fit.optimizers, schedulers };
  fit.schedulers.schedulers = schedulers;
}

/** A configuration without what `configureOptimizers` does not return. */
function asGiven({ scheduler, interval, frequency, monitor, strict, name }: LRSchedulerConfig): LRSchedulerConfig {
  return { scheduler, interval, frequency, monitor, strict, name };
}

function requireFit(fit: FitSession | undefined, what: string): asserts fit is FitSession {
  if (fit === undefined || fit.state.stage !== "fit")
    throw new MisconfigurationError({
      code: "LIT_NOT_ATTACHED",
      message: `trainer.${what} was set, and no fit is under way that would use them.`,
      tryThis: "return them from configureOptimizers, or set them in a hook of the fit from onFitStart on.",
    });
}

function warnOfLeftSchedulers({ optimizers, warnings }: FitSession, kept: readonly Optimizer[]): void {
  for (const { scheduler } of optimizers.schedulers)
    if (!kept.includes(scheduler.optimizer))
      warnings.warn(
        `left ${classNameOf(scheduler)}`,
        `${classNameOf(scheduler)} belongs to an optimizer that trainer.optimizers does not have any more: it changes that one's learning rate, and none of the others.`,
      );
}
