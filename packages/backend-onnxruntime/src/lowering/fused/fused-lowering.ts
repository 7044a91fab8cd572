import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { FusedKernelName, FusedKernels } from "../../contract/fused-kernels.js";
import type { KnownValues, LazyKernel, Recording } from "../../contract/lazy-kernel.js";
import type { Attributes } from "../read-attributes.js";

/** The inputs of a call, by the names of the contract. */
export type CallInputs<TName extends FusedKernelName> = {
  readonly [TInput in keyof FusedKernels[TName]["inputs"]]: TensorInfo;
};

/**
 * The lowering of one kernel of the contract: it reads inputs and attributes by the names, and as the types, that they
 * have there.
 */
export interface FusedLowering<TName extends FusedKernelName> extends LazyKernel {
  readonly name: TName;
  record(
    inputs: CallInputs<TName>,
    attrs: Attributes<FusedKernels[TName]["attrs"]>,
    known: KnownValues,
  ): Recording | null;
}

/** One lowering for every kernel of the contract. */
export type FusedLowerings = { readonly [TName in FusedKernelName]: FusedLowering<TName> };
