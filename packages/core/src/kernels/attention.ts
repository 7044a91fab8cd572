import type { Tensor } from "@tensorflow/tfjs-core";
import { compositeGradients } from "../autograd/composite-gradients.js";
import { tf } from "../tensor/tf.js";
import { computedOnce } from "./computed-once.js";
import { firstOf, requested, type FusedKernel } from "./fused-kernel.js";
import { runFused } from "./run-fused.js";

export const attention: FusedKernel<"lit.Attention"> = {
  name: "lit.Attention",
  composite: ({ q, k, v }, { scale, causal }) => {
    const scores = tf.mul(tf.matMul(q, k, false, true), scale);
    const probs = tf.softmax(causal ? tf.add(scores, causalMask(q.shape.at(-2) ?? 0, k.shape.at(-2) ?? 0)) : scores);
    return [tf.matMul(probs, v), probs];
  },
  gradient: {
    holds: ["q", "k", "v"],
    holdsOutputs: () => [1],
    isDifferentiable: false,
    compute: ({ dy, inputs: { q, k, v }, outputs, attrs }) => {
      const all = computedOnce(() => runFused(attentionGrad, { dy, q, k, v, probs: firstOf(outputs.slice(1)) }, attrs));
      return { q: () => firstOf(all()), k: () => firstOf(all().slice(1)), v: () => firstOf(all().slice(2)) };
    },
  },
};

export const attentionGrad: FusedKernel<"lit.AttentionGrad"> = {
  name: "lit.AttentionGrad",
  composite: ({ dy, q, k, v }, attrs) =>
    requested(compositeGradients(() => attention.composite({ q, k, v }, attrs), { q, k, v }, [dy])),
};

/** [T, S]: 0 where query t may see key s ≤ t, elsewhere so low that its probability is exactly 0. */
function causalMask(queries: number, keys: number): Tensor {
  const mask = new Float32Array(queries * keys);
  for (let t = 0; t < queries; t += 1) mask.fill(-1e30, t * keys + t + 1, (t + 1) * keys);
  return tf.tensor(mask, [queries, keys]);
}
