/** Equal stretches of a sequence, one behind the other. */
export interface RepeatedRun {
  readonly start: number;
  readonly period: number;
  readonly count: number;
}

const LEAST_COUNT = 3;
const LEAST_MEMBERS = 12;
const LONGEST_PERIOD = 256;

/**
 * Where `values` repeat themselves at least three times, from left to right: of all periods the one that covers most,
 * of those the shortest.
 */
export function repeatedRuns(values: Int32Array): RepeatedRun[] {
  const runs: RepeatedRun[] = [];
  for (let start = 0; start < values.length;) {
    const run = longestRunAt(values, start);
    if (run === undefined) start++;
    else {
      runs.push(run);
      start += run.period * run.count;
    }
  }
  return runs;
}

function longestRunAt(values: Int32Array, start: number): RepeatedRun | undefined {
  let best: RepeatedRun | undefined;
  let most = LEAST_MEMBERS - 1;
  const longest = Math.min(LONGEST_PERIOD, Math.floor((values.length - start) / LEAST_COUNT));
  for (let period = 1; period <= longest; period++) {
    let end = start + period;
    while (end < values.length && values[end] === values[end - period]) end++;
    const count = Math.floor((end - start) / period);
    if (count < LEAST_COUNT || count * period <= most) continue;
    most = count * period;
    best = { start, period, count };
  }
  return best;
}
