import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { computedOnce } from "./computed-once.js";
import { firstOf, type FusedKernel } from "./fused-kernel.js";
import { product, sumTo } from "./mat-mul.js";
import { reluGrad } from "./relu-grad.js";
import { runFused, runFusedSingle } from "./run-fused.js";

export const linear: FusedKernel<"lit.Linear"> = {
  name: "lit.Linear",
  composite: ({ x, weight, bias }, { activation }) => {
    const rows = tf.matMul(tf.reshape(x, [-1, weight.shape[1] ?? 1]), weight, false, true);
    const sum = bias === undefined ? rows : tf.add(rows, bias);
    return [tf.reshape(activation === "relu" ? tf.relu(sum) : sum, [...x.shape.slice(0, -1), weight.shape[0] ?? 1])];
  },
  gradient: {
    holds: ["x", "weight"],
    holdsOutputs: ({ activation }) => (activation === "relu" ? [0] : []),
    isDifferentiable: true,
    compute: ({ dy, inputs: { x, weight }, outputs, attrs: { activation } }) => {
      const dsum = computedOnce(() =>
        activation === "relu" ? runFusedSingle(reluGrad, { dy, y: firstOf(outputs) }, {}) : dy,
      );
      const parameters = computedOnce(() => runFused(linearWeightGrad, { x, dy: dsum() }, {}));
      return {
        x: () => product(dsum(), weight),
        weight: () => firstOf(parameters()),
        bias: () => firstOf(parameters().slice(1)),
      };
    },
  },
};

export const linearWeightGrad: FusedKernel<"lit.LinearWeightGrad"> = {
  name: "lit.LinearWeightGrad",
  composite: ({ x, dy }) => {
    const rows = flatRows(dy);
    return [tf.matMul(rows, flatRows(x), true, false), tf.sum(rows, 0)];
  },
  gradient: {
    holds: ["x", "dy"],
    isDifferentiable: false,
    compute: ({ dy: dweight, inputs: { x, dy } }) => ({
      x: () => sumTo(product(dy, dweight), x.shape),
      dy: () => sumTo(product(x, dweight, { transposeB: true }), dy.shape),
    }),
  },
};

function flatRows(tensor: Tensor): Tensor {
  return tf.reshape(tensor, [-1, tensor.shape.at(-1) ?? 1]);
}
