import type { Tensor } from "@tensorflow/tfjs-core";

/** All gradients that `compositeGradients` offers, in the order of its inputs. */
export function requested(gradients: Readonly<Record<string, () => Tensor>>): Tensor[] {
  return Object.values(gradients).map((compute) => compute());
}
