import { refuseMore } from "../../errors/refuse-more.js";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { rejectUnknownOptions } from "../../errors/reject-unknown-options.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { NonFiniteGradientError } from "../../errors/non-finite-gradient-error.js";
import { clipByNorm, gradNorm, isOrdinaryNorm, unusualNorm } from "../../kernels/grad-norm.js";
import { firstOf } from "../../kernels/fused-kernel.js";
import { runFused, runFusedSingle } from "../../kernels/run-fused.js";
import { listInputs } from "../../kernels/tensor-lists.js";
import { item } from "../../tensor/item.js";
import { noGrad } from "../../tensor/recording.js";
import { tf } from "../../tensor/tf.js";
import { gradOf, setGrad } from "../../autograd/gradients-of-variables.js";
import { requireGradsHere } from "../../autograd/gradients-elsewhere.js";

export interface ClipGradNormOptions {
  /**
   * The order of the norm, any number that `torch.linalg.vector_norm` takes: 2, 1, another positive number, Infinity
   * for the largest magnitude, -Infinity for the smallest, a negative number, or 0 for how many gradients are not zero.
   * @default 2
   */
  readonly normType?: number | undefined;
  /** Throw when the norm is NaN or infinite (this reads it). @default false */
  readonly errorIfNonfinite?: boolean | undefined;
}

/**
 * Scales the gradients of all parameters together so that their norm is at most `maxNorm`. Parameters without one are
 * skipped.
 * @param maxNorm at least 0; `Infinity` only measures
 * @returns the norm before clipping, a scalar of the innermost scope, not read yet
 * @throws NonFiniteGradientError when asked to; MisconfigurationError, also where ranks divide the gradients
 * Matches torch 2.x `clip_grad_norm_`: divides by (norm + 1e-6), factor capped at 1.
 */
export function clipGradNorm(
  parameters: Iterable<Variable>,
  maxNorm: number,
  options: ClipGradNormOptions = {},
  ...more: readonly never[]
): Tensor {
  rejectUnknownOptions("clipGradNorm", options, ["normType", "errorIfNonfinite"]);
  refuseMore("clipGradNorm", more);
  requireLimit("maxNorm", maxNorm);
  const all = [...parameters];
  requireGradsHere(all, "clipGradNorm");
  const { variables, gradients } = withGradients(all);
  if (gradients.length === 0) return tf.scalar(0);
  return noGrad(() => {
    const norm = normOf(gradients, options.normType ?? 2);
    if (options.errorIfNonfinite === true && !Number.isFinite(item(norm))) throw new NonFiniteGradientError(item(norm));
    if (maxNorm !== Number.POSITIVE_INFINITY) scaleBy(norm, variables, gradients, maxNorm);
    return norm;
  });
}

/**
 * Scales the gradients of parameters as `clipGradNorm` does, by a norm that is known: that of all gradients, where
 * these are some of them. Parameters without one are skipped.
 * @param maxNorm at least 0
 * @param totalNorm a scalar
 * @throws MisconfigurationError
 * Matches torch 2.x `clip_grads_with_norm_`.
 */
export function clipGradsWithNorm(
  parameters: Iterable<Variable>,
  maxNorm: number,
  totalNorm: Tensor,
  ...more: readonly never[]
): void {
  refuseMore("clipGradsWithNorm", more);
  requireLimit("maxNorm", maxNorm);
  if (totalNorm.size !== 1)
    throw new MisconfigurationError({
      message: "Gradients cannot be clipped by this norm.",
      expected: "totalNorm with one element",
      received: `a tensor [${totalNorm.shape.join(", ")}]`,
    });
  const { variables, gradients } = withGradients(parameters);
  if (gradients.length > 0) noGrad(() => scaleBy(totalNorm, variables, gradients, maxNorm));
}

function scaleBy(norm: Tensor, variables: readonly Variable[], gradients: readonly Tensor[], maxNorm: number): void {
  const inputs = { ...listInputs({ g: gradients }), norm };
  const clipped = runFused(clipByNorm, inputs, { maxNorm, count: gradients.length });
  variables.forEach((variable, i) => setGrad(variable, clipped[i] ?? firstOf(clipped)));
}

function normOf(gradients: readonly Tensor[], order: number): Tensor {
  if (!isOrdinaryNorm(order)) return tf.tidy(() => unusualNorm(gradients, order));
  return runFusedSingle(gradNorm, listInputs({ g: gradients }), { norm: order, count: gradients.length });
}

/**
 * Limits every element of every gradient to [-clipValue, clipValue]. Matches torch 2.x `clip_grad_value_`.
 * @throws MisconfigurationError
 */
export function clipGradValue(parameters: Iterable<Variable>, clipValue: number, ...more: readonly never[]): void {
  refuseMore("clipGradValue", more);
  requireLimit("clipValue", clipValue);
  const { variables, gradients } = withGradients(parameters);
  noGrad(() => {
    variables.forEach((variable, i) =>
      setGrad(variable, tf.clipByValue(gradients[i] ?? variable, -clipValue, clipValue)),
    );
  });
}

function requireLimit(name: "maxNorm" | "clipValue", limit: number): void {
  if (limit >= 0) return;
  throw new MisconfigurationError({
    message: `Gradients cannot be clipped to this ${name === "maxNorm" ? "norm" : "value"}.`,
    expected: `${name} of at least 0`,
    received: String(limit),
  });
}

function withGradients(parameters: Iterable<Variable>): { variables: Variable[]; gradients: Tensor[] } {
  const variables: Variable[] = [];
  const gradients: Tensor[] = [];
  for (const variable of parameters) {
    const gradient = gradOf(variable);
    if (gradient === null) continue;
    variables.push(variable);
    gradients.push(gradient);
  }
  return { variables, gradients };
}
