import { add, broadcastTo, div, mul, scale, sub } from "./arithmetic.js";
import { Bounded, errorAt, known, type Parts } from "./bounded.js";
import { unary } from "./elementwise.js";
import { scatterBy } from "./index-maps.js";
import { reducedShape, reductionMap, sizeOf } from "./shapes.js";
import { FUNCTIONS } from "./functions.js";

export function sum(x: Bounded, axes: readonly number[], keepDims = false): Bounded {
  return scatterBy(x, reductionMap(x.shape, axes), reducedShape(x.shape, axes, keepDims));
}

export function mean(x: Bounded, axes: readonly number[], keepDims = false): Bounded {
  return scale(sum(x, axes, keepDims), 1 / sizeOf(axes.map((axis) => x.shape[axis]!)));
}

export function allAxes(x: Bounded): number[] {
  return x.shape.map((_, axis) => axis);
}

/** How the gradient of an extremum is shared among equal values. */
export type TieRule = "all" | "first" | "even";

/** The largest (sign 1) or smallest (sign -1) value along axes; NaN wherever one takes part. */
export function extremum(
  x: Bounded,
  axes: readonly number[],
  options: { readonly sign: 1 | -1; readonly keepDims?: boolean; readonly ties: TieRule },
): Bounded {
  const { sign, keepDims = false, ties } = options;
  const map = reductionMap(x.shape, axes);
  const shape = reducedShape(x.shape, axes, keepDims);
  const values = new Float64Array(sizeOf(shape)).fill(-sign * Number.POSITIVE_INFINITY);
  const errors = new Float64Array(values.length);
  for (let i = 0; i < map.length; i++) {
    const [to, value] = [map[i]!, x.values[i]!];
    if (Number.isNaN(value) || sign * value > sign * values[to]!)
      values[to] = Number.isNaN(values[to]) ? Number.NaN : value;
    errors[to] = Math.max(errors[to]!, errorAt(x, i));
  }
  return new Bounded(shape, values, errors, [x], (gradient) => [
    pullExtremum({ x, map, values, errors, ties }, gradient),
  ]);
}

interface Extremum {
  readonly x: Bounded;
  readonly map: Int32Array;
  readonly values: Float64Array;
  readonly errors: Float64Array;
  readonly ties: TieRule;
}

function pullExtremum({ x, map, values, errors, ties }: Extremum, gradient: Parts): Parts {
  const reached = new Int32Array(values.length);
  const near = new Int32Array(values.length);
  for (let i = 0; i < map.length; i++) {
    const [to, value] = [map[i]!, x.values[i]!];
    if (value === values[to]) reached[to]!++;
    if (Math.abs(value - values[to]!) <= errors[to]! + errorAt(x, i)) near[to]!++;
  }
  const result = { values: new Float64Array(x.size), errors: new Float64Array(x.size) };
  const isGiven = new Uint8Array(values.length);
  for (let i = 0; i < map.length; i++) {
    const [to, value] = [map[i]!, x.values[i]!];
    const isWinner = value === values[to];
    const share = ties === "even" ? 1 / Math.max(1, reached[to]!) : ties === "first" && isGiven[to] === 1 ? 0 : 1;
    if (isWinner) isGiven[to] = 1;
    const dy = gradient.values[to]!;
    result.values[i] = isWinner ? share * dy : 0;
    const isUnsure = Number.isNaN(values[to]) || (near[to]! > 1 && errors[to]! > 0);
    result.errors[i] = isUnsure
      ? Number.POSITIVE_INFINITY
      : isWinner
        ? known(share * errorAt(gradient, to) + (share === 1 ? 0 : Math.abs(dy) * 2 ** -23))
        : 0;
  }
  return result;
}

/** The largest value along axes as a constant: what softmax subtracts does not change its gradient. */
function peak(x: Bounded, axes: readonly number[]): Bounded {
  const { shape, values, errors } = extremum(x, axes, { sign: 1, keepDims: true, ties: "all" });
  // A row of -Infinity alone is shifted by 0, as implementations do, or is NaN; both are written down by the caller.
  return new Bounded(shape, values, errors);
}

/** x - log Σ exp x along one axis. */
export function logSoftmax(x: Bounded, axis: number): Bounded {
  const shifted = sub(x, broadcastTo(peak(x, [axis]), x.shape));
  return sub(shifted, unary(sum(unary(shifted, FUNCTIONS.exp), [axis], true), FUNCTIONS.log));
}

export function softmax(x: Bounded, axis: number): Bounded {
  const powers = unary(sub(x, broadcastTo(peak(x, [axis]), x.shape)), FUNCTIONS.exp);
  return div(powers, sum(powers, [axis], true));
}

export function logSumExp(x: Bounded, axes: readonly number[], keepDims: boolean): Bounded {
  const most = peak(x, axes);
  const logs = unary(sum(unary(sub(x, broadcastTo(most, x.shape)), FUNCTIONS.exp), axes, true), FUNCTIONS.log);
  const result = add(logs, most);
  return scatterBy(
    result,
    Int32Array.from({ length: result.size }, (_, i) => i),
    reducedShape(x.shape, axes, keepDims),
  );
}

/** The mean square distance from the mean, in two passes. */
export function variance(x: Bounded, axes: readonly number[], keepDims: boolean): Bounded {
  const centred = sub(x, mean(x, axes, true));
  return mean(mul(centred, centred), axes, keepDims);
}

/** (x - mean) / sqrt(variance + eps) over axes. */
export function normalized(x: Bounded, axes: readonly number[], eps: number): Bounded {
  const centred = sub(x, mean(x, axes, true));
  const spread = mean(mul(centred, centred), axes, true);
  return mul(
    centred,
    unary(spread, { f: (v) => 1 / Math.sqrt(v + eps), slope: (v) => -0.5 * (v + eps) ** -1.5, ulps: 2 }),
  );
}
