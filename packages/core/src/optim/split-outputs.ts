import type { Tensor } from "@tensorflow/tfjs-core";

/** Takes the outputs of a kernel over lists apart into lists of `count`. */
export function splitOutputs(outputs: readonly Tensor[], count: number): Tensor[][] {
  return Array.from({ length: outputs.length / count }, (_, list) => outputs.slice(list * count, (list + 1) * count));
}
