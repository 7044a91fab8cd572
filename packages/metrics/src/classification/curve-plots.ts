import { classNameOf, drawnValue, MisconfigurationError, tf } from "@lightning-ts/core";
import { type CurvePlotOptions, plotCurve } from "../plot/plot-curve.js";

interface CurveAxes {
  readonly xLabel: string;
  readonly yLabel: string;
  /** Where x and y are among the three parts of a curve. */
  readonly order: readonly [x: number, y: number];
}

export const ROC_AXES: CurveAxes = { xLabel: "false positive rate", yLabel: "true positive rate", order: [0, 1] };
export const PRECISION_RECALL_AXES: CurveAxes = { xLabel: "recall", yLabel: "precision", order: [1, 0] };

/** A picture of the curves that a metric computes, or of those that are given. */
export function plotCurves(
  metric: { compute(): unknown },
  value: unknown,
  { order: [x, y], ...axes }: CurveAxes,
  options: CurvePlotOptions,
): string {
  return drawnValue(metric, value, (curves) => {
    const [xs, ys] = [partOf(curves, x), partOf(curves, y)];
    return plotCurve(xs, ys, { ...axes, title: classNameOf(metric), ...options });
  });
}

function partOf(curves: unknown, index: number): tf.Tensor | readonly tf.Tensor[] {
  const part: unknown = Array.isArray(curves) ? curves[index] : undefined;
  if (part instanceof tf.Tensor) return part;
  if (Array.isArray(part) && part.every((one) => one instanceof tf.Tensor)) return part;
  throw new MisconfigurationError({
    message: "This is no curve.",
    expected: "the three tensors that compute gives, or lists with one for each class",
    received: curves instanceof tf.Tensor ? `one tensor of shape [${curves.shape.join(", ")}]` : typeof curves,
  });
}
