import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { hardtanh, hardtanhGrad } from "./hardtanh.js";
import { runFusedSingle } from "./run-fused.js";

/** In PyTorch's order, x + 3 first: near -3 that is exact. Its gradient asks x, as x + 3 rounds to 6 below x = 3. */
export const hardsigmoid: FusedKernel<"core.Hardsigmoid"> = {
  name: "core.Hardsigmoid",
  composite: ({ x }) => [tf.div(runFusedSingle(hardtanh, { x: tf.add(x, 3) }, { minVal: 0, maxVal: 6 }), 6)],
  gradient: {
    holds: ["x"],
    isDifferentiable: true,
    compute: ({ dy, inputs: { x } }) => ({
      x: () => runFusedSingle(hardtanhGrad, { dy: tf.mul(dy, 1 / 6), y: x }, { minVal: -3, maxVal: 3 }),
    }),
  },
};
