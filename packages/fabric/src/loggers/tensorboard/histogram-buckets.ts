const SMALLEST = 1e-12;
const LARGEST = 1e20;
const GROWTH = 1.1;

/** Edges that grow by a tenth each, mirrored around zero: TensorFlow's default. */
const EDGES = makeEdges();

export interface HistogramSummary {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Upper edge of each bucket. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/**
 * Counts values into TensorFlow's default buckets, without the empty ones at both ends. Matches torch's
 * `SummaryWriter.add_histogram`.
 */
export function summarizeHistogram(values: ArrayLike<number>): HistogramSummary {
  const counts = Array.from({ length: EDGES.length - 1 }, () => 0);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let sumOfSquares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumOfSquares += value * value;
    const bucket = bucketOf(value);
    if (bucket >= 0 && bucket < counts.length) counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  const limits = EDGES.slice(first, last + 2);
  const kept = first > 0 ? counts.slice(first - 1, last + 1) : [0, ...counts.slice(0, last + 1)];
  return { min, max, count: values.length, sum, sumOfSquares, limits, counts: kept };
}

/** Index of the bucket [edge, next edge) that holds the value. */
function bucketOf(value: number): number {
  let low = 0;
  let high = EDGES.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((EDGES[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function makeEdges(): readonly number[] {
  const positive: number[] = [];
  for (let edge = SMALLEST; edge < LARGEST; edge *= GROWTH) positive.push(edge);
  return [...positive.map((edge) => -edge).reverse(), 0, ...positive];
}
