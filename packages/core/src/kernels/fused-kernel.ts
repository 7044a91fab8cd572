import type { FusedKernels } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { OverRanks } from "../ports/rank-exchange.js";
import type { WindowAttributes } from "./windows.js";

/** Operations that need no kernel of their own, but a shorter gradient than tfjs gives them. */
interface CoreKernels {
  "core.Relu": { inputs: { x: Tensor }; attrs: Record<string, never>; outputs: ["y"] };
  /** (x + 3) / 6, but at least 0 and at most 1. */
  "core.Hardsigmoid": { inputs: { x: Tensor }; attrs: Record<string, never>; outputs: ["y"] };
  /** x times that. */
  "core.Hardswish": { inputs: { x: Tensor }; attrs: Record<string, never>; outputs: ["y"] };
  "core.Reshape": { inputs: { x: Tensor }; attrs: { shape: readonly number[] }; outputs: ["y"] };
  /** One loss per element, of probabilities. */
  "core.BinaryCrossEntropy": {
    inputs: { input: Tensor; target: Tensor };
    attrs: Record<string, never>;
    outputs: ["loss"];
  };
  /** Rows of a table [rows, D] at indices [...] (int32) -> [..., D]. */
  "core.Embedding": { inputs: { table: Tensor; indices: Tensor }; attrs: { paddingIndex: number }; outputs: ["y"] };
  /**
   * Negative log-likelihoods of targets under log-probabilities [T, N, C], summed over alignments. labels int32 [N, S]:
   * blanks and classes in turn; lengths int32 [N]. An impossible target costs Infinity, or 0 with `zeroInfinity`. ->
   * loss [N], the forward states [T, N, S], and costs [N] that are large numbers where they should be infinite.
   */
  "core.CtcLoss": {
    inputs: { logProbs: Tensor; labels: Tensor; inputLengths: Tensor; targetLengths: Tensor };
    attrs: { zeroInfinity: boolean };
    outputs: ["loss", "states", "costs"];
  };
  /** What each offset of a sliding window sees: x [N, C, ...space] -> [N, C, offsets, ...output]. */
  "core.Unfold": { inputs: { x: Tensor }; attrs: WindowAttributes; outputs: ["y"] };
  /** Adds it back to where it was seen: y [N, C, offsets, ...output] -> [N, C, ...space]. */
  "core.Fold": { inputs: { y: Tensor }; attrs: WindowAttributes & { space: readonly number[] }; outputs: ["x"] };
  /** Puts elements x [rows, count] at places [rows, count] (int32) of rows of zeros -> [rows, length]. */
  "core.PutInRows": { inputs: { x: Tensor; places: Tensor }; attrs: { length: number }; outputs: ["y"] };
  /** The sum of all ranks' x [...]. */
  "core.SumOverRanks": { inputs: { x: Tensor }; attrs: OverRanks; outputs: ["y"] };
  /** x [...] of all ranks -> [ranks, ...]. */
  "core.GatherOverRanks": { inputs: { x: Tensor }; attrs: OverRanks; outputs: ["y"] };
  /** x [N, C, ...], weight and bias [C]. -> mean and variance [C] of all ranks' values, and how many there are. */
  "core.SyncBatchNorm": {
    inputs: { x: Tensor; weight?: Tensor; bias?: Tensor };
    attrs: OverRanks & { eps: number };
    outputs: ["y", "mean", "variance", "count"];
  };
}

type Kernels = FusedKernels & CoreKernels;
export type KernelName = keyof Kernels;
export type FusedInputs<TName extends KernelName> = Kernels[TName]["inputs"];
export type FusedAttributes<TName extends KernelName> = Kernels[TName]["attrs"];

/** What a gradient function gets. */
export interface GradientRequest<TName extends KernelName> {
  /** The gradient that flowed into the first output; where a kernel takes several, into the first that has one. */
  readonly dy: Tensor;
  /** The gradients of all outputs. */
  readonly dys: readonly (Tensor | null)[];
  /** The inputs; those named in `holds` with the values that they had in the forward. */
  readonly inputs: FusedInputs<TName>;
  readonly outputs: readonly Tensor[];
  readonly attrs: FusedAttributes<TName>;
}

/** Gradients by input name, each computed when it is asked for. */
export type InputGradients<TName extends KernelName> = { [TInput in keyof FusedInputs<TName>]?: () => Tensor };

/**
 * A fused kernel of the contract, as core records it: on a backend that has the kernel it is one kernel with its
 * gradient, elsewhere plain tfjs ops.
 */
export interface FusedKernel<TName extends KernelName> {
  readonly name: TName;
  /** The same numbers from plain tfjs ops (or other fused kernels). Temporary tensors are freed by the caller. */
  readonly composite: (inputs: FusedInputs<TName>, attrs: FusedAttributes<TName>) => Tensor[];
  /** Absent for kernels that nothing is differentiated through, such as optimizer updates. */
  readonly gradient?: FusedGradient<TName>;
}

export interface FusedGradient<TName extends KernelName> {
  /** Names of inputs whose values `compute` reads. */
  readonly holds: readonly (keyof FusedInputs<TName> & string)[];
  /** Indices of outputs whose values `compute` reads. */
  readonly holdsOutputs?: (attrs: FusedAttributes<TName>) => readonly number[];
  /**
   * True when `compute` is made of operations with gradients: then it also serves second derivatives, and backends
   * without the kernel. Otherwise both differentiate the composite.
   */
  readonly isDifferentiable: boolean;
  /**
   * How many outputs, from the first, `compute` takes gradients of; with others the composite is differentiated.
   * @default 1
   */
  readonly takes?: number;
  readonly compute: (request: GradientRequest<TName>) => InputGradients<TName>;
}

/** All gradients that `compositeGradients` offers, in the order of its inputs. */
export function requested(gradients: Readonly<Record<string, () => Tensor>>): Tensor[] {
  return Object.values(gradients).map((compute) => compute());
}

/** The first of a kernel's outputs. */
export function firstOf(tensors: readonly Tensor[]): Tensor {
  const first = tensors[0];
  if (first === undefined) throw new RangeError("a kernel returned no output");
  return first;
}
