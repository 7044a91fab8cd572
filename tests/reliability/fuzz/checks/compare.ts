import { errorAt, type Parts } from "../reference/bounded.js";
import type { Numbers } from "./run-program.js";

/** The first element that is outside of its bound, in words; undefined when all are inside. */
export function firstOutside(actual: Numbers, expected: Parts, factor = 1): string | undefined {
  if (actual.length !== expected.values.length) return `${actual.length} elements instead of ${expected.values.length}`;
  let wrong = 0;
  let first = -1;
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = errorAt(expected, i) * factor;
    const value = expected.values[i]!;
    const found = actual[i]!;
    if (isInside(found, value, error)) continue;
    wrong++;
    if (first < 0) first = i;
    const excess = Math.abs(found - value) / (error + Number.MIN_VALUE);
    if (excess > worstExcess) [worst, worstExcess] = [i, excess];
  }
  if (first < 0) return undefined;
  const at = worst < 0 ? first : worst;
  return `${wrong} of ${actual.length} elements; element ${at}: ${actual[at]} instead of ${Math.fround(expected.values[at]!)} ± ${(errorAt(expected, at) * factor).toExponential(2)}`;
}

function isInside(found: number, value: number, error: number): boolean {
  if (error === Number.POSITIVE_INFINITY) return true;
  if (Number.isNaN(value)) return Number.isNaN(found);
  return found >= Math.fround(value - error) && found <= Math.fround(value + error);
}

/** The first element that differs in its bits (zeros of either sign and NaNs are equal), in words. */
export function firstDifference(
  actual: Numbers | null | undefined,
  expected: Numbers | null | undefined,
): string | undefined {
  if (actual === null || actual === undefined || expected === null || expected === undefined)
    return actual === expected
      ? undefined
      : `${actual === null ? "nothing" : "something"} instead of ${expected === null ? "nothing" : "something"}`;
  if (actual.length !== expected.length) return `${actual.length} elements instead of ${expected.length}`;
  let count = 0;
  let first = -1;
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === expected[i] || (Number.isNaN(actual[i]) && Number.isNaN(expected[i]))) continue;
    count++;
    if (first < 0) first = i;
  }
  return first < 0
    ? undefined
    : `${count} of ${actual.length} elements differ; element ${first}: ${actual[first]} and ${expected[first]}`;
}
