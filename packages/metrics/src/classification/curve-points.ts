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
  const [thresholds, tps, fps]: [number[], number[], number[]] = [[], [], []];
  let [right, wrong] = [0, 0];
  visitSorted(scores, {
    isRight: (row) => targets[row] === positive,
    visit(score, isRight, isLast) {
      if (isRight) right += 1;
      else wrong += 1;
      if (!isLast) return;
      thresholds.push(score);
      tps.push(right);
      fps.push(wrong);
    },
  });
  let zeros = 0;
  for (let row = 0; row < targets.length; row += 1) if (targets[row] === 0) zeros += 1;
  const areTargetsZero = zeros === targets.length;
  return { thresholds, tps, fps, positives: right, negatives: wrong, isBinned: false, areTargetsZero };
}

interface Visitor {
  readonly isRight: (row: number) => boolean;
  /** @param isLast whether the next row has another score, or there is none */
  readonly visit: (score: number, isRight: boolean, isLast: boolean) => void;
}

/** Visits rows from the highest score to the lowest. */
function visitSorted(scores: ArrayLike<number>, visitor: Visitor): void {
  let isFinite = true;
  for (let row = 0; row < scores.length; row += 1) if (!Number.isFinite(scores[row])) isFinite = false;
  if (isFinite) visitNumbers(scores, visitor);
  else visitAny(scores, visitor);
}

/**
 * Sorts whole numbers in the order of the scores, which is ten times as fast as by a function: the bits of a float32 as
 * an integer, with whether the row is right as its last digit.
 */
function visitNumbers(scores: ArrayLike<number>, { isRight, visit }: Visitor): void {
  const keys = new Float64Array(scores.length);
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  for (let row = 0; row < keys.length; row += 1) {
    // A zero without its sign, so that both are one score.
    float[0] = (scores[row] ?? 0) + 0;
    const word = bits[0] ?? 0;
    keys[row] = 2 * (word < 0 ? -(word & 0x7fffffff) : word) + (isRight(row) ? 1 : 0);
  }
  keys.sort();
  for (let i = keys.length - 1; i >= 0; i -= 1) {
    const key = keys[i] ?? 0;
    const place = Math.floor(key / 2);
    bits[0] = place < 0 ? -place | 0x80000000 : place;
    visit(float[0] ?? 0, key - 2 * place === 1, i === 0 || Math.floor((keys[i - 1] ?? 0) / 2) !== place);
  }
}

/** As torch sorts and compares: neither NaN nor infinities tie. */
function visitAny(scores: ArrayLike<number>, { isRight, visit }: Visitor): void {
  const at = (i: number): number => scores[i] ?? Number.NaN;
  const order = Array.from({ length: scores.length }, (_, i) => i).toSorted((a, b) => descending(at(a), at(b)));
  for (const [position, row] of order.entries()) {
    const next = order[position + 1];
    const isTied = next !== undefined && at(next) - at(row) === 0;
    visit(at(row), isRight(row), !isTied);
  }
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
