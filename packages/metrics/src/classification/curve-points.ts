/** How many answers above each threshold are right and wrong, for one class. */
export interface CurvePoints {
  /** From the highest score to the lowest; fixed thresholds as they were given. */
  readonly thresholds: readonly number[];
  readonly tps: readonly number[];
  readonly fps: readonly number[];
  readonly positives: number;
  readonly negatives: number;
  /** Whether the thresholds were given, and are not the scores themselves. */
  readonly isBinned: boolean;
  /** Whether every target that counts was class 0: torchmetrics looks at this, not at the class of the curve. */
  readonly areTargetsZero: boolean;
}

/** Scores and targets of one class on the host. */
export interface ScoredRows {
  readonly scores: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

/** The points of every different score. Ties become one point; NaN stands above everything, and never ties. */
export function pointsOfScores({ scores, targets }: ScoredRows, positive: number): CurvePoints {
  const at = (i: number): number => scores[i] ?? Number.NaN;
  const order = Array.from({ length: scores.length }, (_, i) => i).toSorted((a, b) => descending(at(a), at(b)));
  const [thresholds, tps, fps]: [number[], number[], number[]] = [[], [], []];
  let [right, wrong, zeros] = [0, 0, 0];
  order.forEach((row, position) => {
    if (targets[row] === positive) right += 1;
    else wrong += 1;
    if (targets[row] === 0) zeros += 1;
    const next = order[position + 1];
    if (next !== undefined && at(next) - at(row) === 0) return;
    thresholds.push(at(row));
    tps.push(right);
    fps.push(wrong);
  });
  const areTargetsZero = zeros === order.length;
  return { thresholds, tps, fps, positives: right, negatives: wrong, isBinned: false, areTargetsZero };
}

function descending(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  return Number.isNaN(b) ? 1 : b - a;
}

/** So many thresholds from 0 to 1, or those that were given, as float32 numbers. */
export function thresholdsOf(thresholds: number | ArrayLike<number>): readonly number[] {
  if (typeof thresholds !== "number") return Array.from(Float32Array.from(thresholds));
  const last = thresholds - 1;
  return Array.from({ length: thresholds }, (_, i) =>
    Math.fround(i < thresholds / 2 ? i / last : 1 - (last - i) / last),
  );
}
