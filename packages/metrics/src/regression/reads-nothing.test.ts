import { resolveBackend, tensorScope, tf, type Metric } from "@lightning-ts/core";
import { expect, it, vi } from "vitest";
import * as metrics from "../index.js";

type Pairs = Metric & { update(preds: tf.Tensor, target: tf.Tensor): void };

const MADE: readonly (readonly [string, () => Pairs])[] = [
  ["ConcordanceCorrCoef", () => new metrics.ConcordanceCorrCoef({ numOutputs: 2 })],
  ["CosineSimilarity", () => new metrics.CosineSimilarity()],
  ["CriticalSuccessIndex", () => new metrics.CriticalSuccessIndex({ threshold: 0.5 })],
  ["ExplainedVariance", () => new metrics.ExplainedVariance()],
  ["JensenShannonDivergence", () => new metrics.JensenShannonDivergence()],
  ["KLDivergence", () => new metrics.KLDivergence({ reduction: "none" })],
  ["LogCoshError", () => new metrics.LogCoshError({ numOutputs: 2 })],
  ["MeanAbsoluteError", () => new metrics.MeanAbsoluteError()],
  ["MeanAbsolutePercentageError", () => new metrics.MeanAbsolutePercentageError()],
  ["MeanSquaredLogError", () => new metrics.MeanSquaredLogError()],
  ["MinkowskiDistance", () => new metrics.MinkowskiDistance({ p: 3 })],
  ["NormalizedRootMeanSquaredError", () => new metrics.NormalizedRootMeanSquaredError({ normalization: "std" })],
  ["PearsonCorrCoef", () => new metrics.PearsonCorrCoef({ numOutputs: 2 })],
  ["R2Score", () => new metrics.R2Score({ adjusted: 1 })],
  ["RelativeSquaredError", () => new metrics.RelativeSquaredError({ numOutputs: 2 })],
  ["TweedieDevianceScore", () => new metrics.TweedieDevianceScore({ power: 1.5 })],
];

it.each(MADE)("%s reads nothing from the device when it is updated or called", async (_, make) => {
  await resolveBackend("onnxruntime");
  const metric = make();
  const reads = vi.spyOn(tf.Tensor.prototype, "dataSync");
  try {
    const scope = tensorScope();
    const [preds, target] = [tf.tensor2d([[0.2, 0.8]]), tf.tensor2d([[0.6, 0.4]])];
    metric.update(preds, target);
    metric.forward(preds, target);
    expect(reads).not.toHaveBeenCalled();
    scope.close();
  } finally {
    reads.mockRestore();
    metric.dispose();
  }
});
