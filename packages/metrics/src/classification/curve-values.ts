import { tf } from "@lightning-ts/core";
import { warnOnce } from "../base/warn-once.js";
import type { CurvePoints } from "./curve-points.js";

/** A curve on the host: two coordinates, and the thresholds of its points. */
export interface CurveValues {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly thresholds: readonly number[];
}

/** A curve as a metric gives it: two coordinates, and the thresholds of its points. */
export type Curve = readonly [tf.Tensor, tf.Tensor, tf.Tensor];

/** Curves of several classes: tensors with a row for each with given thresholds, lists of tensors without. */
export type Curves = readonly [tf.Tensor | tf.Tensor[], tf.Tensor | tf.Tensor[], tf.Tensor | tf.Tensor[]];

/** Precision (x) and recall (y) of each threshold from the lowest on, and the end where nothing is predicted. */
export function precisionRecallOf(points: CurvePoints): CurveValues {
  const { tps, fps, positives, thresholds, isBinned, areTargetsZero } = points;
  if (!isBinned && areTargetsZero)
    warnOnce("No positive samples found in target, recall is undefined. Setting recall to one for all thresholds.");
  const precision = tps.map((met, t) => met / (met + (fps[t] ?? 0)));
  const recall = tps.map((met) => (!isBinned && areTargetsZero ? 1 : met / positives));
  const ordered = (values: readonly number[]): readonly number[] => (isBinned ? values : values.toReversed());
  return { x: [...ordered(precision), 1], y: [...ordered(recall), 0], thresholds: ordered(thresholds) };
}

/** False positives (x) and true positives (y) as shares, from the highest threshold on. */
export function rocOf({ tps, fps, positives, negatives, thresholds, isBinned }: CurvePoints): CurveValues {
  const share = (counts: readonly number[], all: number): number[] =>
    counts.map((count) => (all === 0 ? 0 : count / all));
  if (isBinned)
    return {
      x: share(fps, negatives).toReversed(),
      y: share(tps, positives).toReversed(),
      thresholds: thresholds.toReversed(),
    };
  if (negatives === 0) warnOnce("No negative samples in targets, the false positive rate means nothing and is zero.");
  if (positives === 0) warnOnce("No positive samples in targets, the true positive rate means nothing and is zero.");
  return { x: share([0, ...fps], negatives), y: share([0, ...tps], positives), thresholds: [1, ...thresholds] };
}

/** The mean of curves: all x in order, and the mean of what each curve has there. */
export function meanCurve(curves: readonly CurveValues[], isThresholdsDescending: boolean): CurveValues {
  const ascending = (values: readonly number[]): number[] => [...Float64Array.from(values).sort()];
  const x = ascending(curves.flatMap((curve) => curve.x));
  const y = x.map((at) => curves.reduce((sum, curve) => sum + interpolated(at, curve), 0) / curves.length);
  const thresholds = ascending(curves.flatMap((curve) => curve.thresholds));
  return { x, y, thresholds: isThresholdsDescending ? thresholds.toReversed() : thresholds };
}

/** On the line between the two points around `at`, as torchmetrics finds them. */
function interpolated(at: number, { x, y }: CurveValues): number {
  const before = x.reduce((count, value) => count + (at >= value ? 1 : 0), 0) - 1;
  const i = Math.min(Math.max(before, 0), x.length - 2);
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [x[i], x[i + 1], y[i], y[i + 1]];
  const slope = x1 === x0 ? 0 : (y1 - y0) / (x1 - x0);
  return slope * at + y0 - slope * x0;
}

export function asTensors({ x, y, thresholds }: CurveValues): Curve {
  const of = (values: readonly number[]): tf.Tensor => tf.tensor1d(Float32Array.from(values));
  return [of(x), of(y), of(thresholds)];
}

/** Curves of several classes, as torchmetrics gives them. */
export function asCurves(curves: readonly CurveValues[], isBinned: boolean): Curves {
  const tensors = curves.map(asTensors);
  const [xs, ys, thresholds] = [0, 1, 2].map((part) => tensors.flatMap((curve) => curve[part] ?? []));
  if (xs === undefined || ys === undefined || thresholds === undefined) return [[], [], []];
  const [first] = thresholds;
  return isBinned && first !== undefined ? [tf.stack(xs), tf.stack(ys), first] : [xs, ys, thresholds];
}
