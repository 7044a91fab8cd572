import type { Tensor } from "@tensorflow/tfjs-core";

/** One weight of a `tf.LayersModel`. */
export interface LayersWeight {
  readonly name: string;
  readonly trainable: boolean;
  /** The variable itself. */
  read(): Tensor;
}

/** What this library uses of a `tf.LayersModel`; core does not depend on `@tensorflow/tfjs-layers`. */
export interface LayersModelLike {
  readonly layers: readonly { readonly weights: readonly LayersWeight[]; getClassName?(): string }[];
  readonly trainableWeights: readonly LayersWeight[];
  apply(inputs: Tensor, options?: { training?: boolean }): unknown;
}

/** True for models of `@tensorflow/tfjs-layers` (`tf.sequential()`, `tf.model()`). */
export function isLayersModel(value: unknown): value is LayersModelLike {
  return (
    typeof value === "object" &&
    value !== null &&
    "layers" in value &&
    Array.isArray(value.layers) &&
    "trainableWeights" in value &&
    "apply" in value &&
    typeof value.apply === "function" &&
    "countParams" in value
  );
}
