/** The largest number that a step can compute with. */
const FLOAT32_MAX = 3.4028234663852886e38;

/** True for what can have been counted. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** True for a finite number that float32 can hold: what options, rates and scores of a run are. */
export function isFloat(value: unknown): value is number {
  return typeof value === "number" && Math.abs(value) <= FLOAT32_MAX;
}

/** What a schedule that ends at zero may be below it by rounding. */
const ROUNDING = 1e-9;

/** True for a rate, a size or a span: such a number, and none below zero. */
export function isAmount(value: unknown): value is number {
  return isFloat(value) && value >= -ROUNDING;
}

/** Whether a list of numbers has NaN among them. */
export function holdsNaN(values: ArrayLike<unknown>): boolean {
  for (let i = 0; i < values.length; i += 1) if (Number.isNaN(values[i])) return true;
  return false;
}
