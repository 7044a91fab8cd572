import { MisconfigurationError } from "@lightning-ts/core";
import type { Trainer } from "../contract/trainer.js";
import { describeMissingMetric } from "./missing-metric.js";

/** Metrics that decide about checkpoints and stand in their names: what was logged, the epoch and the step. */
export function checkpointMetrics(trainer: Trainer): Record<string, number> {
  return { epoch: trainer.currentEpoch, step: trainer.globalStep, ...trainer.callbackMetrics };
}

/** The newest value of the metric that a checkpoint callback watches; undefined where it was not logged yet. */
export function watchedScore(trainer: Trainer, monitor: string): number | undefined {
  const logged = trainer.readMetric(monitor);
  if (logged !== undefined || (monitor !== "epoch" && monitor !== "step")) return logged;
  return monitor === "epoch" ? trainer.currentEpoch : trainer.globalStep;
}

/**
 * Says that the watched metric is missing.
 * @throws MisconfigurationError where no validation is to come that could log it
 */
export function reportMissingMetric(trainer: Trainer, monitor: string): void {
  const missing = describeMissingMetric("ModelCheckpoint", monitor, trainer.callbackMetrics);
  if (trainer.hasValidated || !trainer.hasValidation)
    throw new MisconfigurationError({ code: "LIT_MONITOR", ...missing });
  trainer.warn(
    `monitor ${monitor}`,
    `ModelCheckpoint watches "${monitor}", which was not logged yet; no best file is saved until it is.`,
  );
}
