import type { GraphValue } from "../../contract/graph-builder.js";

/** A gradient that is zero except at the maxima of windows of `x`. */
export interface GradientOfMaximum {
  readonly x: GraphValue;
  /**
   * The same gradient where x is positive, zero elsewhere: computed from the windows' maxima, of which there are fewer
   * than elements.
   */
  readonly maskedBy: () => GraphValue;
}

const known = new WeakMap<GraphValue, GradientOfMaximum>();

/** Remembers how `value` was made, for a relu that comes before the pooling. */
export function noteGradientOfMaximum(value: GraphValue, origin: GradientOfMaximum): void {
  known.set(value, origin);
}

export function gradientOfMaximum(value: GraphValue): GradientOfMaximum | undefined {
  return known.get(value);
}
