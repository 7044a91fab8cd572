import { byValue } from "./ranks.js";
import type { ColumnPair } from "./sample-pairs.js";

/** How the pairs of rows are ordered in two columns. */
export interface PairCounts {
  readonly rows: number;
  /** Pairs that both columns order alike. */
  readonly concordant: number;
  /** Pairs that the columns order in opposite ways. */
  readonly discordant: number;
  readonly preds: Ties;
  readonly target: Ties;
}

/** Groups of equal values of t elements each. */
export interface Ties {
  /** Σ t (t - 1) / 2, the pairs of equal values. */
  readonly pairs: number;
  /** Σ t (t - 1) (t - 2) */
  readonly third: number;
  /** Σ t (t - 1) (2 t + 5) */
  readonly variance: number;
  /** How many values there are. */
  readonly distinct: number;
}

/** Counts by sorting (Knight's algorithm). A row with NaN is in no order with others, and equal to none. */
export function countPairs({ preds, target }: ColumnPair): PairCounts {
  const rows = Array.from(preds, (x, i): [number, number] => [x, target[i] ?? Number.NaN])
    .filter(([x, y]) => !Number.isNaN(x) && !Number.isNaN(y))
    .toSorted(([x1, y1], [x2, y2]) => x1 - x2 || y1 - y2);
  const discordant = countInversions(rows.map(([, y]) => y));
  const [tiedInX, tiedInY] = [0, 1].map((column) => tiesOf(rows.map((row) => row[column] ?? 0)).pairs);
  const tiedInBoth = pairsOfEqualRows(rows);
  const all = (rows.length * (rows.length - 1)) / 2;
  const ordered = all - (tiedInX ?? 0) - (tiedInY ?? 0) + tiedInBoth;
  return {
    rows: preds.length,
    concordant: ordered - discordant,
    discordant,
    preds: tiesOf(Array.from(preds)),
    target: tiesOf(Array.from(target)),
  };
}

function tiesOf(values: readonly number[]): Ties {
  const counts = runs(values.toSorted(byValue), (a, b) => a === b);
  const sum = (of: (t: number) => number): number => counts.reduce((total, t) => total + of(t), 0);
  return {
    pairs: sum((t) => (t * (t - 1)) / 2),
    third: sum((t) => t * (t - 1) * (t - 2)),
    variance: sum((t) => (t > 1 ? t * (t - 1) * (2 * t + 5) : 0)),
    distinct: counts.length,
  };
}

function pairsOfEqualRows(rows: readonly (readonly [number, number])[]): number {
  const counts = runs(rows, ([x1, y1], [x2, y2]) => x1 === x2 && y1 === y2);
  return counts.reduce((sum, t) => sum + (t * (t - 1)) / 2, 0);
}

/** The lengths of runs of equal neighbours. */
function runs<TValue>(sorted: readonly TValue[], areEqual: (a: TValue, b: TValue) => boolean): number[] {
  const lengths: number[] = [];
  sorted.forEach((value, i) => {
    const before = sorted[i - 1];
    if (i > 0 && before !== undefined && areEqual(before, value))
      lengths[lengths.length - 1] = (lengths.at(-1) ?? 0) + 1;
    else lengths.push(1);
  });
  return lengths;
}

/** How many pairs are in descending order, counted while they are merged into ascending order. */
function countInversions(values: readonly number[]): number {
  let from = Float64Array.from(values);
  let to = new Float64Array(values.length);
  let inversions = 0;
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      const middle = Math.min(start + width, values.length);
      const end = Math.min(start + 2 * width, values.length);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at += 1) {
        const takesLeft = left < middle && (right >= end || (from[left] ?? 0) <= (from[right] ?? 0));
        if (!takesLeft) inversions += middle - left;
        to[at] = (takesLeft ? from[left++] : from[right++]) ?? 0;
      }
    }
    [from, to] = [to, from];
  }
  return inversions;
}
