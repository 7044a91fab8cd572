import { clipGradNorm, clipGradsWithNorm, gradOf, item, NonFiniteGradientError, tf } from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Collective } from "../../collectives/collective.js";
import type { ClipGradNormOptions } from "../clip-options.js";

export interface ClipOverRanks extends ClipGradNormOptions {
  readonly collective: Collective;
  /** What is clipped on this rank. */
  readonly parameters: readonly Variable[];
  /** Whether a parameter counts on this rank; each counts on one. */
  readonly isCounted: (parameter: Variable) => boolean;
  readonly maxNorm: number;
}

/**
 * `clipGradNorm` where each rank has the gradients of its part of the parameters. Blocks until all ranks have measured
 * theirs.
 * @returns the norm of all gradients together, before clipping
 * @throws NonFiniteGradientError on all ranks, unless told not to
 */
export function clipOverRanks(request: ClipOverRanks): Tensor {
  const { collective, parameters, isCounted, maxNorm, normType = 2, errorIfNonfinite = true } = request;
  const counted = parameters.filter((parameter) => isCounted(parameter) && gradOf(parameter) !== null);
  const own = counted.length === 0 ? ofNothing(normType) : item(clipGradNorm(counted, Infinity, { normType }));
  const norms = new Float32Array(collective.worldSize);
  collective.allGather(Float32Array.of(own), norms, { name: "norm of the gradients" }).join();
  const total = combineNorms([...norms], normType);
  if (errorIfNonfinite && !Number.isFinite(total)) throw new NonFiniteGradientError(total);
  const norm = tf.scalar(total);
  if (maxNorm !== Infinity) clipGradsWithNorm(parameters, maxNorm, norm);
  return norm;
}

/** The norm of everything, from the norms of its parts. */
export function combineNorms(norms: readonly number[], order: number): number {
  if (Number.isNaN(order) || norms.some(Number.isNaN)) return Number.NaN;
  if (order === Infinity) return Math.max(...norms);
  if (order === -Infinity) return Math.min(...norms);
  const sum = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);
  return order === 0 ? sum(norms) : sum(norms.map((norm) => norm ** order)) ** (1 / order);
}

/** What changes no norm of the whole. */
function ofNothing(order: number): number {
  return order < 0 ? Infinity : 0;
}
