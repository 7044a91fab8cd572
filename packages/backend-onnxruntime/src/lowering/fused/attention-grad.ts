import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { AttentionOperands } from "./attention.js";
import { booleanAttribute, numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { binary } from "./emit.js";
import { exactSum } from "../sums/exact-sum.js";
import type { FusedLowering } from "./fused-lowering.js";
import { matrixProduct } from "./matrix-product.js";

/** dv = pᵀ·dy; ds = p ⊙ (dp - Σ dp ⊙ p) with dp = dy·vᵀ; dq = scale · ds·k; dk = scale · dsᵀ·q. */
export const attentionGrad: FusedLowering<"lit.AttentionGrad"> = {
  name: "lit.AttentionGrad",

  record(inputs, attrs) {
    const [dy, q, k, v, probs] = (["dy", "q", "k", "v", "probs"] as const).map((name) =>
      requiredInput("lit.AttentionGrad", inputs, name),
    );
    if (dy === undefined || q === undefined || k === undefined || v === undefined || probs === undefined) return null;
    return {
      inputs: [dy, q, k, v, probs],
      outputs: [q, k, v].map(({ shape }) => ({ shape, dtype: "float32" as const })),
      attrs: { scale: numberAttribute(attrs, "scale"), causal: booleanAttribute(attrs, "causal") },
    };
  },

  lower(graph, [dy, q, k, v, probs], attrs) {
    if (dy === undefined || q === undefined || k === undefined || v === undefined || probs === undefined) return [];
    return attentionGradients(graph, { dy, q, k, v, probs }, numberAttribute(attrs, "scale"));
  },
};

/** dq, dk and dv. */
export function attentionGradients(
  graph: GraphBuilder,
  { dy, q, k, v, probs }: AttentionOperands & { readonly dy: GraphValue; readonly probs: GraphValue },
  alpha: number,
): GraphValue[] {
  const dv = matrixProduct(graph, probs, dy, { transposeA: true });
  const dprobs = matrixProduct(graph, dy, v, { transposeB: true });
  const weighted = binary(graph, "Mul", dprobs, probs);
  const rowSums = exactSum(graph, weighted, [probs.shape.length - 1], true);
  const dscores = binary(graph, "Mul", probs, binary(graph, "Sub", dprobs, rowSums));
  return [
    matrixProduct(graph, dscores, k, { alpha }),
    matrixProduct(graph, dscores, q, { transposeA: true, alpha }),
    dv,
  ];
}
