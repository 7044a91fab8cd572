import { compositeGradients } from "../autograd/composite-gradients.js";
import { tf } from "../tensor/tf.js";
import { requested, type FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";

export const gelu: FusedKernel<"lit.Gelu"> = {
  name: "lit.Gelu",
  composite: ({ x }, { approximate }) => {
    const inner =
      approximate === "none"
        ? tf.erf(tf.mul(x, Math.SQRT1_2))
        : tf.tanh(tf.mul(tf.add(x, tf.mul(tf.pow(x, 3), 0.044715)), Math.sqrt(2 / Math.PI)));
    return [tf.mul(tf.mul(x, 0.5), tf.add(inner, 1))];
  },
  gradient: {
    holds: ["x"],
    isDifferentiable: false,
    compute: ({ dy, inputs: { x }, attrs }) => ({ x: () => runFusedSingle(geluGrad, { dy, x }, attrs) }),
  },
};

export const geluGrad: FusedKernel<"lit.GeluGrad"> = {
  name: "lit.GeluGrad",
  composite: ({ dy, x }, attrs) => requested(compositeGradients(() => gelu.composite({ x }, attrs), { x }, [dy])),
};
