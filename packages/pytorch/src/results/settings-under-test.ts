import type { MetricSettings } from "./logged-result.js";

/** Of a number that is logged for the epoch, to the loggers alone. */
export const SETTINGS = {
  progBar: false,
  logger: true,
  onStep: false,
  onEpoch: true,
  reduceFx: "mean",
  addDataloaderIdx: true,
  syncDist: false,
} as const satisfies MetricSettings;
