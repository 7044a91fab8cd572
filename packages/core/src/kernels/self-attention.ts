import { compositeGradients } from "../autograd/composite-gradients.js";
import { tf } from "../tensor/tf.js";
import { attention } from "./attention.js";
import { joinHeads, splitHeads } from "./attention-heads.js";
import { firstOf, requested, type FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";

export const selfAttention: FusedKernel<"lit.SelfAttention"> = {
  name: "lit.SelfAttention",
  composite: ({ qkv }, { heads, scale, causal }) => {
    const leading = qkv.shape.slice(0, -2);
    const [y, probs] = attention.composite(splitHeads(qkv, heads), { scale, causal });
    if (y === undefined || probs === undefined) throw new RangeError("Attention has two results.");
    return [joinHeads(y, leading), tf.reshape(probs, [...leading, ...probs.shape.slice(1)])];
  },
  gradient: {
    holds: ["qkv"],
    holdsOutputs: () => [1],
    isDifferentiable: false,
    compute: ({ dy, inputs: { qkv }, outputs, attrs }) => ({
      qkv: () => runFusedSingle(selfAttentionGrad, { dy, qkv, probs: firstOf(outputs.slice(1)) }, attrs),
    }),
  },
};

export const selfAttentionGrad: FusedKernel<"lit.SelfAttentionGrad"> = {
  name: "lit.SelfAttentionGrad",
  composite: ({ dy, qkv }, attrs) =>
    requested(compositeGradients(() => selfAttention.composite({ qkv }, attrs), { qkv }, [dy])),
};
