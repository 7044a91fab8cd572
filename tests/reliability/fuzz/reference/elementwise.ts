import { Bounded, errorAt, known, LARGEST, rounding, ROUNDOFF, SMALLEST_NORMAL, ULP, type Parts } from "./bounded.js";

/** A function of one number, with what float32 may add to it and to its derivative. */
export interface UnaryRule {
  readonly f: (x: number) => number;
  /** The derivative as PyTorch has it; undefined where no gradient flows. */
  readonly slope?: ((x: number) => number) | undefined;
  /** Error of f, in units in the last place of the result. @default 0.5, correct rounding */
  readonly ulps?: number | undefined;
  /** Absolute error of f that does not shrink with the result, for formulas with a difference in them. @default 0 */
  readonly absolute?: ((x: number) => number) | undefined;
  /** What the slope's error is relative to. @default |slope| */
  readonly slopeScale?: ((x: number) => number) | undefined;
  /** Error of the slope, in units in the last place of its scale. @default 8: the function's own and a few roundings */
  readonly slopeUlps?: number | undefined;
  /** Around a jump a small error of x may give the other side's value; says whether [x - e, x + e] holds one. */
  readonly jumps?: ((x: number, error: number) => boolean) | undefined;
}

export function unary(x: Bounded, rule: UnaryRule): Bounded {
  const { f, ulps = 0.5, absolute, jumps } = rule;
  const values = new Float64Array(x.size);
  const errors = new Float64Array(x.size);
  for (let i = 0; i < values.length; i++) {
    const at = x.values[i]!;
    const y = f(at);
    values[i] = y;
    const fresh = ulps === 0 ? 0 : rounding(y, ulps * ULP);
    errors[i] = known(fresh + (absolute?.(at) ?? 0) + carried(f, at, y, errorAt(x, i), jumps));
  }
  return new Bounded(x.shape, values, errors, [x], (gradient) => [pullUnary(x, gradient, rule)]);
}

/** What an error of x becomes: the largest change of a function without extrema between x - error and x + error. */
function carried(f: (x: number) => number, x: number, y: number, error: number, jumps: UnaryRule["jumps"]): number {
  if (error === 0) return 0;
  if (!Number.isFinite(error) || jumps?.(x, error) === true) return Number.POSITIVE_INFINITY;
  return Math.max(Math.abs(f(x + error) - y), Math.abs(f(x - error) - y));
}

function pullUnary(x: Bounded, gradient: Parts, rule: UnaryRule): Parts | undefined {
  const { slope, slopeScale, slopeUlps = 8, jumps } = rule;
  if (slope === undefined) return undefined;
  const values = new Float64Array(x.size);
  const errors = new Float64Array(x.size);
  for (let i = 0; i < values.length; i++) {
    const [at, dy, error] = [x.values[i]!, gradient.values[i]!, errorAt(x, i)];
    const by = slope(at);
    values[i] = dy * by;
    // A slope that is no number, or past float32's range, or of a result that is no number, is followed by whatever the
    // formula makes of it.
    const isOfNothing = Number.isNaN(at) || (!Number.isFinite(at) && Number.isNaN(rule.f(at)));
    if (!Number.isFinite(values[i]!) || isOfNothing || Math.abs(by) > LARGEST) errors[i] = Number.POSITIVE_INFINITY;
    else if (slopeUlps === 0 && error === 0) errors[i] = known(Math.abs(by) * errorAt(gradient, i));
    else {
      const scale = slopeScale?.(at) ?? Math.abs(by);
      const ofSlope = scale * slopeUlps * ULP + carried(slope, at, by, error, jumps);
      errors[i] = known(
        Math.abs(dy) * ofSlope +
          (Math.abs(by) + ofSlope) * errorAt(gradient, i) +
          rounding(values[i]!, ROUNDOFF) +
          SMALLEST_NORMAL * 4 * (1 + Math.abs(dy)),
      );
    }
  }
  return { values, errors };
}

/** A function of two numbers of the same position. */
export interface BinaryRule {
  readonly f: (a: number, b: number) => number;
  /** Bound on the result's error from the operands' errors; may be Infinity. */
  readonly carried: (a: number, b: number, errorOfA: number, errorOfB: number) => number;
  readonly ulps?: number | undefined;
  /** Partial derivatives, with the error of their formula in units in the last place. */
  readonly slopes: ((a: number, b: number) => readonly [number, number]) | undefined;
  readonly slopeUlps?: number | undefined;
}

/** Both operands have the same shape; broadcast them first. */
export function binary(a: Bounded, b: Bounded, rule: BinaryRule): Bounded {
  const { f, ulps = 0.5 } = rule;
  const values = new Float64Array(a.size);
  const errors = new Float64Array(a.size);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [a.values[i]!, b.values[i]!];
    const result = f(x, y);
    values[i] = result;
    const [ex, ey] = [errorAt(a, i), errorAt(b, i)];
    errors[i] = known(
      (ulps === 0 ? 0 : rounding(result, ulps * ULP)) + (ex === 0 && ey === 0 ? 0 : rule.carried(x, y, ex, ey)),
    );
  }
  return new Bounded(a.shape, values, errors, [a, b], (gradient) => pullBinary(a, b, gradient, rule));
}

function pullBinary(
  a: Bounded,
  b: Bounded,
  gradient: Parts,
  { slopes, slopeUlps = 3 }: BinaryRule,
): (Parts | undefined)[] {
  if (slopes === undefined) return [undefined, undefined];
  const results = [a, b].map(() => ({ values: new Float64Array(a.size), errors: new Float64Array(a.size) }));
  for (let i = 0; i < a.size; i++) {
    const [x, y, ex, ey, dy, ed] = [
      a.values[i]!,
      b.values[i]!,
      errorAt(a, i),
      errorAt(b, i),
      gradient.values[i]!,
      errorAt(gradient, i),
    ];
    const by = slopes(x, y);
    const moved =
      ex === 0 && ey === 0
        ? undefined
        : [slopes(x + ex, y + ey), slopes(x - ex, y - ey), slopes(x + ex, y - ey), slopes(x - ex, y + ey)];
    results.forEach(({ values, errors }, side) => {
      const slope = by[side]!;
      const value = dy * slope;
      values[i] = value;
      const uncertain = moved === undefined ? 0 : Math.max(...moved.map((other) => Math.abs(other[side]! - slope)));
      const error =
        Math.abs(dy) * uncertain +
        (Math.abs(slope) + uncertain) * ed +
        (slopeUlps === 0 ? 0 : rounding(value, slopeUlps * ULP));
      errors[i] = Number.isFinite(value) ? known(error) : Number.POSITIVE_INFINITY;
    });
  }
  return results;
}
