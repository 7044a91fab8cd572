import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";

export const reluGrad: FusedKernel<"lit.ReluGrad"> = {
  name: "lit.ReluGrad",
  composite: ({ dy, y }) => [tf.mul(dy, tf.step(y))],
  gradient: {
    holds: ["y"],
    isDifferentiable: true,
    compute: ({ dy, inputs }) => ({
      dy: () => runFusedSingle(reluGrad, { dy, y: inputs.y }, {}),
      y: () => tf.zerosLike(inputs.y),
    }),
  },
};
