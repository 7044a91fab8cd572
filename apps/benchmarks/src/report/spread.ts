/** A sample in five numbers. */
export interface Spread {
  readonly min: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly max: number;
  readonly count: number;
}

export function spreadOf(sample: readonly number[]): Spread {
  const sorted = sample.toSorted((a, b) => a - b);
  const at = (share: number): number => {
    const position = share * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(position)] ?? Number.NaN, sorted[Math.ceil(position)] ?? Number.NaN];
    return low + (high - low) * (position - Math.floor(position));
  };
  return {
    min: at(0),
    lowerQuartile: at(0.25),
    median: at(0.5),
    upperQuartile: at(0.75),
    max: at(1),
    count: sorted.length,
  };
}
