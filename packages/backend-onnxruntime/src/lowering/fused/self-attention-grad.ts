import { attentionGradients } from "./attention-grad.js";
import { headsOf, packHeads, splitHeads } from "./attention-heads.js";
import { booleanAttribute, numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { isEmpty, reshape, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** The gradients of query, key and value as one tensor, as they lie in the projection. */
export const selfAttentionGrad: FusedLowering<"lit.SelfAttentionGrad"> = {
  name: "lit.SelfAttentionGrad",

  record(inputs, attrs) {
    const [dy, qkv, probs] = (["dy", "qkv", "probs"] as const).map((name) =>
      requiredInput("lit.SelfAttentionGrad", inputs, name),
    );
    if (dy === undefined || qkv === undefined || probs === undefined) return null;
    return {
      inputs: [dy, qkv, probs],
      outputs: [{ shape: qkv.shape, dtype: "float32" }],
      attrs: {
        heads: numberAttribute(attrs, "heads"),
        scale: numberAttribute(attrs, "scale"),
        causal: booleanAttribute(attrs, "causal"),
      },
    };
  },

  lower(graph, [dy, qkv, probs], attrs) {
    if (dy === undefined || qkv === undefined || probs === undefined) return [];
    if (isEmpty(qkv)) return [zeros(graph, qkv.shape)];
    const heads = numberAttribute(attrs, "heads");
    const operands = headsOf(graph, qkv, heads);
    const headProbs = reshape(graph, probs, [operands.q.shape[0] ?? 0, ...probs.shape.slice(-3)]);
    const gradients = attentionGradients(
      graph,
      { ...operands, dy: splitHeads(graph, dy, heads), probs: headProbs },
      numberAttribute(attrs, "scale"),
    );
    return [packHeads(graph, gradients, qkv.shape)];
  },
};
