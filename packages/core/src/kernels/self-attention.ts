import type { Tensor } from "@tensorflow/tfjs-core";
import { compositeGradients } from "../autograd/composite-gradients.js";
import { tf } from "../tensor/tf.js";
import { attention } from "./attention.js";
import { requested } from "./composite-gradient.js";
import { firstOf } from "./first-of.js";
import type { FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";

export const selfAttention: FusedKernel<"lit.SelfAttention"> = {
  name: "lit.SelfAttention",
  composite: ({ qkv }, { heads, scale, causal }) => {
    const leading = qkv.shape.slice(0, -2);
    const [length = 0, packed = 0] = qkv.shape.slice(-2);
    const [q, k, v] = tf.split(qkv, 3, -1).map((part) => splitHeads(part, heads));
    if (q === undefined || k === undefined || v === undefined) throw new RangeError("A split into three has three parts.");
    const [y, probs] = attention.composite({ q, k, v }, { scale, causal });
    if (y === undefined || probs === undefined) throw new RangeError("Attention has two results.");
    return [tf.reshape(tf.transpose(y, [0, 2, 1, 3]), [...leading, length, packed / 3]), tf.reshape(probs, [...leading, heads, length, length])];
  },
  gradient: {
    holds: ["qkv"],
    holdsOutputs: () => [1],
    isDifferentiable: false,
    compute: ({ dy, inputs: { qkv }, outputs, attrs }) => ({ qkv: () => runFusedSingle(selfAttentionGrad, { dy, qkv, probs: firstOf(outputs.slice(1)) }, attrs) }),
  },
};

export const selfAttentionGrad: FusedKernel<"lit.SelfAttentionGrad"> = {
  name: "lit.SelfAttentionGrad",
  composite: ({ dy, qkv }, attrs) => requested(compositeGradients(() => selfAttention.composite({ qkv }, attrs), { qkv }, [dy])),
};

/** [..., T, C] -> [B, heads, T, D], B being all leading dimensions together. */
function splitHeads(value: Tensor, heads: number): Tensor {
  const [length = 0, width = 0] = value.shape.slice(-2);
  return tf.transpose(tf.reshape(value, [tf.util.sizeFromShape(value.shape.slice(0, -2)), length, heads, width / heads]), [0, 2, 1, 3]);
}
