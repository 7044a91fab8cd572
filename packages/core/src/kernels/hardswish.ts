import { tf } from "../tensor/tf.js";
import type { FusedKernel } from "./fused-kernel.js";
import { hardsigmoid } from "./hardsigmoid.js";
import { hardtanhGrad } from "./hardtanh.js";
import { runFusedSingle } from "./run-fused.js";

export const hardswish: FusedKernel<"core.Hardswish"> = {
  name: "core.Hardswish",
  composite: ({ x }) => [tf.mul(x, runFusedSingle(hardsigmoid, { x }, {}))],
  gradient: {
    holds: ["x"],
    isDifferentiable: true,
    compute: ({ dy, inputs: { x } }) => ({ x: () => runFusedSingle(hardswishGrad, { dy, x }, {}) }),
  },
};

export const hardswishGrad: FusedKernel<"lit.HardswishGrad"> = {
  name: "lit.HardswishGrad",
  composite: ({ dy, x }) => {
    const inside = tf.mul(dy, tf.add(tf.div(x, 3), 0.5));
    return [tf.where(tf.lessEqual(x, -3), tf.zerosLike(dy), tf.where(tf.greaterEqual(x, 3), dy, inside))];
  },
  gradient: {
    holds: ["dy", "x"],
    isDifferentiable: true,
    compute: ({ dy: ddx, inputs: { dy, x } }) => ({
      dy: () => runFusedSingle(hardswishGrad, { dy: ddx, x }, {}),
      x: () => runFusedSingle(hardtanhGrad, { dy: tf.div(tf.mul(ddx, dy), 3), y: x }, { minVal: -3, maxVal: 3 }),
    }),
  },
};
