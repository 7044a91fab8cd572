import * as distributions from "../../packages/core/src/distributions/namespace.js";
import { Metric } from "../../packages/core/src/metric/metric.js";
import * as metrics from "../../packages/metrics/src/index.js";
import * as nn from "../../packages/core/src/nn/index.js";
import * as optim from "../../packages/core/src/optim/namespace.js";
import {
  recordedAverages,
  type RecordedCases,
  recordedDistributions,
  recordedOptimizers,
  recordedSchedulers,
} from "./recorded-cases.js";
import { recordedFunctions, recordedLayers } from "./recorded-layers.js";
import { recordedMetricFunctions, recordedMetrics } from "./recorded-metrics.js";

/** A module of PyTorch, and what stands for it here. */
export interface Section {
  readonly module: string;
  /** How our names are reached from `@lightning-ts/core`. */
  readonly prefix: string;
  readonly exports: object;
  /** @param listed the names of what each of PyTorch's names takes */
  readonly recorded: (listed: Readonly<Record<string, readonly string[]>>) => RecordedCases;
}

const METRIC_FAMILIES = [
  ...["aggregation", "audio", "classification", "clustering", "detection", "image", "multimodal", "nominal"],
  ...["regression", "retrieval", "segmentation", "shape", "text", "wrappers"],
];

/** To add one, say where its recorded cases are. */
export const sections: readonly Section[] = [
  { module: "torch.nn", prefix: "nn", exports: nn, recorded: recordedLayers },
  { module: "torch.nn.functional", prefix: "nn.functional", exports: nn.functional, recorded: recordedFunctions },
  { module: "torch.optim", prefix: "optim", exports: optim, recorded: recordedOptimizers },
  {
    module: "torch.optim.lr_scheduler",
    prefix: "optim.lrScheduler",
    exports: optim.lrScheduler,
    recorded: recordedSchedulers,
  },
  { module: "torch.optim.swa_utils", prefix: "optim.swaUtils", exports: optim.swaUtils, recorded: recordedAverages },
  { module: "torch.distributions", prefix: "distributions", exports: distributions, recorded: recordedDistributions },
  { module: "torchmetrics", prefix: "metrics", exports: { ...metrics, Metric }, recorded: recordedMetrics },
  ...METRIC_FAMILIES.map((family) => ({
    module: `torchmetrics.${family}`,
    prefix: "metrics",
    exports: metrics,
    recorded: recordedMetrics,
  })),
  {
    module: "torchmetrics.functional",
    prefix: "functional",
    exports: metrics.functional,
    recorded: recordedMetricFunctions,
  },
];
