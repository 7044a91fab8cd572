import { tf } from "../tensor/tf.js";
import { firstOf, type FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";

/** Comparisons ask for what is cut off, so that NaN stays. */
export const hardtanh: FusedKernel<"lit.Hardtanh"> = {
  name: "lit.Hardtanh",
  composite: ({ x }, { minVal, maxVal }) => {
    const limited = tf.where(tf.greater(x, maxVal), tf.fill(x.shape, maxVal), x);
    return [tf.where(tf.less(x, minVal), tf.fill(x.shape, minVal), limited)];
  },
  gradient: {
    holds: [],
    holdsOutputs: () => [0],
    isDifferentiable: true,
    compute: ({ dy, outputs, attrs }) => ({
      x: () => runFusedSingle(hardtanhGrad, { dy, y: firstOf(outputs) }, attrs),
    }),
  },
};

export const hardtanhGrad: FusedKernel<"lit.HardtanhGrad"> = {
  name: "lit.HardtanhGrad",
  composite: ({ dy, y }, { minVal, maxVal }) => {
    const isOutside = tf.logicalOr(tf.lessEqual(y, minVal), tf.greaterEqual(y, maxVal));
    return [tf.where(isOutside, tf.zerosLike(dy), dy)];
  },
  gradient: {
    holds: ["y"],
    isDifferentiable: true,
    compute: ({ dy, inputs: { y }, attrs }) => ({
      dy: () => runFusedSingle(hardtanhGrad, { dy, y }, attrs),
      y: () => tf.zerosLike(y),
    }),
  },
};
