/** How many samples each target class and each predicted cluster have in common. */
export interface Contingency {
  readonly samples: number;
  /** Of each target class, of each cluster. */
  readonly counts: readonly (readonly number[])[];
  readonly targetSizes: readonly number[];
  readonly predsSizes: readonly number[];
}

export function contingencyOf(preds: ArrayLike<number>, target: ArrayLike<number>): Contingency {
  const [columns, rows] = [placesOf(preds), placesOf(target)];
  const counts = Array.from(rows, () => Array.from(columns, () => 0));
  for (let i = 0; i < target.length; i += 1) {
    const row = counts[rows.get(target[i] ?? 0) ?? 0];
    const column = columns.get(preds[i] ?? 0) ?? 0;
    if (row !== undefined) row[column] = (row[column] ?? 0) + 1;
  }
  const targetSizes = counts.map(sumOf);
  const predsSizes = Array.from(columns.values(), (column) => sumOf(counts.map((row) => row[column] ?? 0)));
  return { samples: target.length, counts, targetSizes, predsSizes };
}

/** Each label, and its number in the order in which labels came. */
function placesOf(labels: ArrayLike<number>): Map<number, number> {
  const places = new Map<number, number>();
  for (let i = 0; i < labels.length; i += 1) {
    const label = labels[i] ?? 0;
    if (!places.has(label)) places.set(label, places.size);
  }
  return places;
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

/** How both lists of labels see the pairs of samples, each pair counted twice: as together or apart. */
export interface PairTable {
  readonly bothTogether: number;
  readonly bothApart: number;
  readonly onlyTarget: number;
  readonly onlyPreds: number;
}

export function pairTableOf({ samples, counts, targetSizes, predsSizes }: Contingency): PairTable {
  const squares = sumOfSquares(counts.flat());
  const onlyTarget = sumOfSquares(targetSizes) - squares;
  const onlyPreds = sumOfSquares(predsSizes) - squares;
  return {
    bothTogether: squares - samples,
    bothApart: samples ** 2 - onlyTarget - onlyPreds - squares,
    onlyTarget,
    onlyPreds,
  };
}
