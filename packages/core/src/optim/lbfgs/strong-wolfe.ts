import { cubicMinimum } from "./cubic-minimum.js";

/** The loss along a direction, at one length of the step. */
export interface LinePoint {
  readonly step: number;
  readonly loss: number;
  readonly grad: Float32Array;
  /** The derivative along the direction. */
  readonly slope: number;
}

export interface LineSearch {
  /** At length 0. */
  readonly start: LinePoint;
  readonly firstStep: number;
  /** The largest magnitude in the direction. */
  readonly scale: number;
  /** Evaluations after the first. */
  readonly limit: number;
}

/** How much of the first slope's promise a step must keep, and how much flatter the line must be there. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const LEAST_CHANGE = 1e-9;

/** Yields lengths to evaluate and takes their points. */
type Search<TResult> = Generator<number, TResult, LinePoint>;

/**
 * Looks for a step that satisfies the strong Wolfe conditions (Nocedal and Wright, algorithms 3.5 and 3.6), with the
 * safeguards of minFunc that torch 2.x has.
 */
export function* strongWolfe(search: LineSearch): Search<LinePoint> {
  const { start, firstStep, limit } = search;
  let before = start;
  let point = yield firstStep;
  for (let taken = 0; taken < limit; taken += 1) {
    if (isTooHigh(point, start) || (taken > 1 && point.loss >= before.loss))
      return yield* zoom(search, [before, point], taken);
    if (Math.abs(point.slope) <= -CURVATURE * start.slope) return point;
    if (point.slope >= 0) return yield* zoom(search, [before, point], taken);
    const least = point.step + 0.01 * (point.step - before.step);
    const next = cubicMinimum(before, point, [least, point.step * 10]);
    before = point;
    point = yield next;
  }
  return start.loss <= point.loss ? start : point;
}

/** Narrows a bracket that holds such a step. */
function* zoom(search: LineSearch, bracket: [LinePoint, LinePoint], taken: number): Search<LinePoint> {
  const { start, scale, limit } = search;
  let [low, high] = order(bracket);
  let isStuck = false;
  for (let count = taken; count < limit; count += 1) {
    const [a, b] = bracket;
    if (Math.abs(b.step - a.step) * scale < LEAST_CHANGE) break;
    const trial = cubicMinimum(a, b);
    const [nearest, margin] = distanceToEnds(trial, a.step, b.step);
    const isOutside = trial >= Math.max(a.step, b.step) || trial <= Math.min(a.step, b.step);
    const isPushed: boolean = nearest < margin && (isStuck || isOutside);
    isStuck = nearest < margin && !isPushed;
    const point = yield isPushed ? pushInside(trial, a.step, b.step, margin) : trial;
    if (isTooHigh(point, start) || point.loss >= bracket[low].loss) {
      bracket[high] = point;
      [low, high] = order(bracket);
      continue;
    }
    if (Math.abs(point.slope) <= -CURVATURE * start.slope) return point;
    if (point.slope * (bracket[high].step - bracket[low].step) >= 0) bracket[high] = bracket[low];
    bracket[low] = point;
  }
  return bracket[low];
}

function isTooHigh(point: LinePoint, start: LinePoint): boolean {
  return point.loss > start.loss + DECREASE * point.step * start.slope;
}

/** Where the lower and the higher end of a bracket are. */
function order([a, b]: readonly [LinePoint, LinePoint]): readonly [low: 0 | 1, high: 0 | 1] {
  return a.loss <= b.loss ? [0, 1] : [1, 0];
}

function distanceToEnds(step: number, a: number, b: number): readonly [nearest: number, margin: number] {
  const [least, most] = [Math.min(a, b), Math.max(a, b)];
  return [Math.min(most - step, step - least), 0.1 * (most - least)];
}

function pushInside(step: number, a: number, b: number, margin: number): number {
  const [least, most] = [Math.min(a, b), Math.max(a, b)];
  return Math.abs(step - most) < Math.abs(step - least) ? most - margin : least + margin;
}
