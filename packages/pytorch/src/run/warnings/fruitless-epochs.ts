import { classNameOf } from "@lightning-ts/core";
import type { FitSession } from "../session/fit-session.js";

/** How far an epoch has come in what makes it worth training. */
export interface Progress {
  readonly batches: number;
  readonly steps: number;
}

export function progressOf({ state }: FitSession): Progress {
  return { batches: state.cursor.totalBatches, steps: state.cursor.globalStep };
}

/** Warns after an epoch of manual optimization in which nothing was trained, although there were batches. */
export function warnOfFruitlessEpoch(session: FitSession, begun: Progress): void {
  const { module, optimizers, state, warnings } = session;
  const now = progressOf(session);
  if (module.automaticOptimization || state.skipsBackward || optimizers.optimizers.length === 0) return;
  if (now.batches === begun.batches || now.steps !== begun.steps) return;
  warnings.warn(
    "no step at all",
    `No optimizer of the Trainer stepped in epoch ${state.cursor.epoch}, which ${classNameOf(module)} trains by itself (automaticOptimization is false): globalStep, maxSteps and checkpoints count the steps of this.optimizers() only. Call this.optimizers().step() in trainingStep, or that of each of them, and not one of an optimizer that you kept yourself.`,
  );
}
