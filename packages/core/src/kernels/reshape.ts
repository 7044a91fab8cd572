import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";

/** tfjs' own kernel, with a gradient that saves nothing. */
const reshapeKernel: FusedKernel<"core.Reshape"> = {
  name: "core.Reshape",
  composite: ({ x }, { shape }) => [tf.reshape(x, [...shape])],
  gradient: {
    holds: [],
    isDifferentiable: true,
    compute: ({ dy, inputs: { x } }) => ({ x: () => reshape(dy, x.shape) }),
  },
};

/** The same values in another shape of the same size. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  return runFusedSingle(reshapeKernel, { x }, { shape });
}
