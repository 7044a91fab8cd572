import { clipGradNorm, gradOf } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";

/** Scalars of the innermost scope. */
export interface GradientNorms {
  /** Of each parameter that has a gradient, on this rank or on another one. */
  readonly each: ReadonlyMap<Variable, Tensor>;
  /** Of all of them together; 0 where there is none. */
  readonly total: Tensor;
}

/**
 * Norms of gradients that are all on this rank: what `Strategy.gradientNorms` gives where ranks do not divide them.
 * @param normType the order, above 0; `Infinity` for the largest magnitude
 */
export function gradientNormsHere(parameters: readonly Variable[], normType: number): GradientNorms {
  const norm = (of: readonly Variable[]): Tensor => clipGradNorm(of, Infinity, { normType });
  const withGradients = parameters.filter((parameter) => gradOf(parameter) !== null);
  return {
    each: new Map(withGradients.map((parameter) => [parameter, norm([parameter])])),
    total: norm(withGradients),
  };
}
