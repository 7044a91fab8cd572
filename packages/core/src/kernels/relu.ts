import { tf } from "../tensor/tf.js";
import { firstOf, type FusedKernel } from "./fused-kernel.js";
import { reluGrad } from "./relu-grad.js";
import { runFusedSingle } from "./run-fused.js";

/** tfjs' own kernel, with a gradient of one kernel instead of three. */
export const relu: FusedKernel<"core.Relu"> = {
  name: "core.Relu",
  composite: ({ x }) => [tf.relu(x)],
  gradient: {
    holds: [],
    holdsOutputs: () => [0],
    isDifferentiable: true,
    compute: ({ dy, outputs }) => ({ x: () => runFusedSingle(reluGrad, { dy, y: firstOf(outputs) }, {}) }),
  },
};
