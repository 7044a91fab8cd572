import type { Tensor } from "@tensorflow/tfjs-core";

/** The first of a kernel's outputs. */
export function firstOf(tensors: readonly Tensor[]): Tensor {
  const first = tensors[0];
  if (first === undefined) throw new RangeError("a kernel returned no output");
  return first;
}
