import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { booleanAttribute, FusedKernelError, numberAttribute, requiredInput } from "./attributes.js";
import { axesConstant, binary, floatConstant } from "./emit.js";
import { matrixProduct } from "./matrix-product.js";

/** softmax(scale · q·kᵀ + causal mask) · v, with the probabilities that its gradient needs. */
export const attention: LazyKernel = {
  name: "lit.Attention",

  record(inputs, attrs) {
    const q = requiredInput("lit.Attention", inputs, "q");
    const k = requiredInput("lit.Attention", inputs, "k");
    const v = requiredInput("lit.Attention", inputs, "v");
    if (q.shape.at(-1) !== k.shape.at(-1) || k.shape.at(-2) !== v.shape.at(-2)) {
      throw new FusedKernelError(`Attention's inputs do not fit together. Expected q [..., T, D], k [..., S, D] and v [..., S, E]. Received [${q.shape.join(", ")}], [${k.shape.join(", ")}] and [${v.shape.join(", ")}].`);
    }
    const leading = q.shape.slice(0, -1);
    return {
      inputs: [q, k, v],
      outputs: [
        { shape: [...leading, v.shape.at(-1) ?? 0], dtype: "float32" },
        { shape: [...leading, k.shape.at(-2) ?? 0], dtype: "float32" },
      ],
      attrs: { scale: numberAttribute(attrs, "scale"), causal: booleanAttribute(attrs, "causal") },
    };
  },

  lower(graph, [q, k, v], attrs) {
    if (q === undefined || k === undefined || v === undefined) return [];
    const scores = matrixProduct(graph, q, k, { transposeB: true, alpha: numberAttribute(attrs, "scale") });
    const masked = booleanAttribute(attrs, "causal") ? binary(graph, "Add", scores, causalMask(graph, scores.shape)) : scores;
    const probs = graph.op("Softmax", [masked], { attrs: { axis: -1 } });
    return [matrixProduct(graph, probs, v), probs];
  },
};

/** [T, S]: -Infinity above the diagonal, 0 elsewhere. */
function causalMask(graph: GraphBuilder, scoresShape: readonly number[]): GraphValue {
  const shape = scoresShape.slice(-2);
  const filled = graph.op("Expand", [floatConstant(graph, Number.NEGATIVE_INFINITY), axesConstant(graph, shape)], { shape });
  return graph.op("Trilu", [filled, graph.constant(1, "int64", [])], { attrs: { upper: 1 } });
}
