/** Values with a bound on how far float32 arithmetic may be away from each; undefined errors mean exact values. */
export interface Parts {
  readonly values: Float64Array;
  readonly errors: Float64Array | undefined;
}

/** What becomes of the gradient of an operation's result: one gradient per operand, undefined where none flows. */
export type Pull = (gradient: Parts) => readonly (Parts | undefined)[];

/** The unit roundoff of float32: what one correctly rounded operation may add, relative to its result. */
export const ROUNDOFF = 2 ** -24;
/** One unit in the last place, relative. */
export const ULP = 2 ** -23;
/** Results below this may be flushed to zero. */
export const SMALLEST_NORMAL = 2 ** -126;
export const LARGEST = (2 - ULP) * 2 ** 127;

/**
 * A tensor of the float64 reference: values, and for each a bound on the error that float32 arithmetic may have made
 * (running error analysis). `Infinity` as a bound says that float32 may answer anything.
 */
export class Bounded implements Parts {
  constructor(
    readonly shape: readonly number[],
    readonly values: Float64Array,
    readonly errors: Float64Array | undefined = undefined,
    readonly parents: readonly Bounded[] = [],
    readonly pull: Pull | undefined = undefined,
  ) {}

  get size(): number {
    return this.values.length;
  }
}

/** The bound of one value; an intermediate beyond float32's range may have become infinite, with anything after it. */
export function errorAt(parts: Parts, index: number): number {
  const value = parts.values[index]!;
  if (Number.isFinite(value) && Math.abs(value) > LARGEST) return Number.POSITIVE_INFINITY;
  return parts.errors === undefined ? 0 : parts.errors[index]!;
}

/** The bound of a freshly rounded result. NaN and infinities are not rounded. */
export function rounding(value: number, relative: number): number {
  return value === 0 || !Number.isFinite(value) ? 0 : Math.abs(value) * relative + SMALLEST_NORMAL;
}

/** A bound that cannot be worked out says that anything may come. */
export function known(error: number): number {
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** The gradients of `output` with respect to `inputs`, given the gradient that flows into it. */
export function pullBack(output: Bounded, seed: Parts, inputs: readonly Bounded[]): (Parts | undefined)[] {
  const gradients = new Map<Bounded, Parts>([[output, seed]]);
  for (const node of inReverseOrder(output)) {
    const gradient = gradients.get(node);
    if (gradient === undefined || node.pull === undefined) continue;
    node.pull(gradient).forEach((part, i) => {
      const parent = node.parents[i];
      if (part === undefined || parent === undefined) return;
      const before = gradients.get(parent);
      gradients.set(parent, before === undefined ? part : addParts(before, part));
    });
  }
  return inputs.map((input) => gradients.get(input));
}

/** The sum of two gradients of one tensor. */
export function addParts(a: Parts, b: Parts): Parts {
  const values = new Float64Array(a.values.length);
  const errors = new Float64Array(a.values.length);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [a.values[i]!, b.values[i]!];
    values[i] = x + y;
    errors[i] = known(
      errorAt(a, i) + errorAt(b, i) + (x === 0 || y === 0 ? 0 : rounding(Math.abs(x) + Math.abs(y), ROUNDOFF)),
    );
  }
  return { values, errors };
}

function inReverseOrder(output: Bounded): Bounded[] {
  const seen = new Set<Bounded>();
  const order: Bounded[] = [];
  const visit = (node: Bounded): void => {
    if (seen.has(node)) return;
    seen.add(node);
    node.parents.forEach(visit);
    order.push(node);
  };
  visit(output);
  return order.toReversed();
}
