/** How a number follows from the size of the batch: `factor · size + offset`, or `factor / size`. */
export interface SizeRule {
  readonly kind: "affine" | "reciprocal";
  readonly factor: number;
  readonly offset: number;
}

export type Triple<TValue> = readonly [TValue, TValue, TValue];

/** float32 keeps 7 digits. */
const TOLERANCE = 1e-6;

/**
 * The rule that three numbers, computed for three sizes of the batch, follow; undefined where they follow none.
 * @param isExact for whole numbers, which fit exactly or not at all
 */
export function fitSizes(sizes: Triple<number>, values: Triple<number>, isExact: boolean): SizeRule | undefined {
  const rules = isExact ? [affine(sizes, values)] : [affine(sizes, values), reciprocal(sizes, values)];
  const fits = (rule: SizeRule) =>
    (!isExact || (Number.isInteger(rule.factor) && Number.isInteger(rule.offset))) &&
    sizes.every((size, i) => isClose(apply(rule, size), values[i] ?? Number.NaN, isExact));
  return rules.find(fits);
}

function apply({ kind, factor, offset }: SizeRule, size: number): number {
  return kind === "affine" ? factor * size + offset : factor / size;
}

function affine([a, b]: Triple<number>, [x, y]: Triple<number>): SizeRule {
  const factor = rounded((y - x) / (b - a));
  return { kind: "affine", factor, offset: rounded(x - factor * a) };
}

function reciprocal([a]: Triple<number>, [x]: Triple<number>): SizeRule {
  return { kind: "reciprocal", factor: rounded(x * a), offset: 0 };
}

/** The whole number that is meant, where rounding to float32 has moved it. */
function rounded(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) <= TOLERANCE * Math.max(1, Math.abs(value)) ? whole : value;
}

function isClose(actual: number, expected: number, isExact: boolean): boolean {
  if (isExact) return actual === expected;
  return Math.abs(actual - expected) <= TOLERANCE * Math.max(Math.abs(expected), Number.MIN_VALUE);
}
