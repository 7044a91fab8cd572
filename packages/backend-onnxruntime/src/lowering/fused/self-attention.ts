import { attend } from "./attention.js";
import { headsOf, joinHeads } from "./attention-heads.js";
import { booleanAttribute, numberAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { requiredInput } from "./call-inputs.js";
import { isEmpty, reshape, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** Attention of every head with itself, from one projection to query, key and value. */
export const selfAttention: FusedLowering<"lit.SelfAttention"> = {
  name: "lit.SelfAttention",

  record(inputs, attrs) {
    const qkv = requiredInput("lit.SelfAttention", inputs, "qkv");
    const heads = numberAttribute(attrs, "heads");
    const packed = qkv.shape.at(-1) ?? 0;
    if (qkv.shape.length < 2 || packed % (3 * heads) !== 0) {
      throw new FusedKernelError(
        `Self-attention's input does not hold query, key and value of ${heads} heads. Expected [..., T, 3 · ${heads} · D]. Received [${qkv.shape.join(", ")}].`,
      );
    }
    return {
      inputs: [qkv],
      outputs: resultShapes(qkv.shape, heads).map((shape) => ({ shape, dtype: "float32" })),
      attrs: { heads, scale: numberAttribute(attrs, "scale"), causal: booleanAttribute(attrs, "causal") },
    };
  },

  lower(graph, [qkv], attrs) {
    if (qkv === undefined) return [];
    const heads = numberAttribute(attrs, "heads");
    const [shape, probsShape] = resultShapes(qkv.shape, heads);
    if (isEmpty(qkv)) return [zeros(graph, shape), zeros(graph, probsShape)];
    const [y, probs] = attend(graph, headsOf(graph, qkv, heads), attrs);
    return [reshape(graph, joinHeads(graph, y), shape), reshape(graph, probs, probsShape)];
  },
};

function resultShapes(shape: readonly number[], heads: number): [attended: number[], probs: number[]] {
  const leading = shape.slice(0, -2);
  const [length = 0, packed = 0] = shape.slice(-2);
  return [
    [...leading, length, packed / 3],
    [...leading, heads, length, length],
  ];
}
