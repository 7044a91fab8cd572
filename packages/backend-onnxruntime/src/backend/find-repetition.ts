/** Where a sequence begins to repeat itself, and after how many members it does so. */
export interface Repetition {
  readonly start: number;
  readonly period: number;
}

/** Members that must match those one period before them: fewer would be chance. */
const LEAST_MATCH = 8;

/**
 * The repetition in which `values` ends: of all periods that come at least `repeats` times the one that reaches
 * furthest back, of those the shortest. Takes a time proportional to the length.
 */
export function findRepetition(values: Int32Array, repeats: number): Repetition | undefined {
  const matches = matchesBefore(values);
  let period = 0;
  let reach = 0;
  for (let candidate = 1; candidate < values.length; candidate++) {
    const match = matches[candidate] ?? 0;
    if (match < LEAST_MATCH || match < (repeats - 1) * candidate || candidate + match <= reach) continue;
    period = candidate;
    reach = candidate + match;
  }
  return period === 0 ? undefined : { start: values.length - reach, period };
}

/**
 * For every distance: how many members, counted from the end, equal those that stand so far before them (the Z
 * function, backwards).
 */
function matchesBefore(values: Int32Array): Int32Array {
  const { length } = values;
  const matches = new Int32Array(length);
  // The match found so far that reaches furthest back, as distances from the end.
  let [from, to] = [0, 0];
  for (let distance = 1; distance < length; distance++) {
    let match = distance < to ? Math.min(to - distance, matches[distance - from] ?? 0) : 0;
    while (distance + match < length && values[length - 1 - match] === values[length - 1 - match - distance]) match++;
    matches[distance] = match;
    if (distance + match > to) [from, to] = [distance, distance + match];
  }
  return matches;
}
