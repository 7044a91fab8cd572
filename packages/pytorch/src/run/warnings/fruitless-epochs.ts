import { classNameOf } from "@lightning-ts/core";
import type { FitSession } from "../session/fit-session.js";

/** How far an epoch has come in what makes it worth training. */
export interface Progress {
  readonly batches: number;
  readonly steps: number;
  readonly losses: number;
}

export function progressOf({ state }: FitSession): Progress {
  return { batches: state.cursor.totalBatches, steps: state.cursor.globalStep, losses: state.lossCount };
}

/** Warns after an epoch in which nothing was trained, although there were batches. */
export function warnOfFruitlessEpoch(session: FitSession, begun: Progress): void {
  const { module, optimizers, state, warnings } = session;
  const now = progressOf(session);
  if (now.batches === begun.batches || optimizers.optimizers.length === 0) return;
  const name = classNameOf(module);
  if (module.automaticOptimization && now.losses === begun.losses)
    warnings.warn(
      "no loss at all",
      `${name}.trainingStep returned nothing in all of epoch ${state.cursor.epoch}, so nothing was trained. Return the loss from it, or an object { loss, … }.`,
    );
  if (!module.automaticOptimization && now.steps === begun.steps)
    warnings.warn(
      "no step at all",
      `No optimizer of the Trainer stepped in epoch ${state.cursor.epoch}, which ${name} trains by itself (automaticOptimization is false): globalStep, maxSteps and checkpoints count the steps of this.optimizers() only. Call this.optimizers().step() in trainingStep, or that of each of them, and not one of an optimizer that you kept yourself.`,
    );
}
