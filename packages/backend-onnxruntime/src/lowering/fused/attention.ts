import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { StructuralAttributes } from "../../contract/lazy-kernel.js";
import { booleanAttribute, numberAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { requiredInput } from "./call-inputs.js";
import { axesConstant, binary, filled, floatConstant, isEmpty, reducedShape } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { matrixProduct } from "./matrix-product.js";

/** softmax(scale · q·kᵀ + causal mask) · v, with the probabilities that its gradient needs. */
export const attention: FusedLowering<"lit.Attention"> = {
  name: "lit.Attention",

  record(inputs, attrs) {
    const q = requiredInput("lit.Attention", inputs, "q");
    const k = requiredInput("lit.Attention", inputs, "k");
    const v = requiredInput("lit.Attention", inputs, "v");
    if (q.shape.at(-1) !== k.shape.at(-1) || k.shape.at(-2) !== v.shape.at(-2)) {
      throw new FusedKernelError(
        `Attention's inputs do not fit together. Expected q [..., T, D], k [..., S, D] and v [..., S, E]. Received [${q.shape.join(", ")}], [${k.shape.join(", ")}] and [${v.shape.join(", ")}].`,
      );
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
    return q === undefined || k === undefined || v === undefined ? [] : attend(graph, { q, k, v }, attrs);
  },
};

export interface AttentionOperands {
  readonly q: GraphValue;
  readonly k: GraphValue;
  readonly v: GraphValue;
}

/** What the queries attend to, and with which probabilities. */
export function attend(
  graph: GraphBuilder,
  { q, k, v }: AttentionOperands,
  attrs: StructuralAttributes,
): [y: GraphValue, probs: GraphValue] {
  const scores = matrixProduct(graph, q, k, { transposeB: true, alpha: numberAttribute(attrs, "scale") });
  const probs = booleanAttribute(attrs, "causal")
    ? causalSoftmax(graph, scores)
    : graph.op("Softmax", [scores], { attrs: { axis: -1 } });
  return [matrixProduct(graph, probs, v), probs];
}

/**
 * Where e^x begins to be denormal, arithmetic gets ten times slower; above this it is normal, and still nothing beside
 * a row's largest term, 1.
 */
const LOWEST_EXPONENT = -80;

/**
 * Softmax over keys 0..t of every query t; exactly 0 behind them. Scores are taken relative to their row's maximum
 * (which loses nothing of large ones) and cut off before the softmax, because masked ones at -Infinity would make
 * denormal numbers on the way.
 */
function causalSoftmax(graph: GraphBuilder, scores: GraphValue): GraphValue {
  const shape = scores.shape.slice(-2);
  const triangle = (fill: number, diagonal: number, upper: number) =>
    graph.op("Trilu", [filled(graph, fill, shape), graph.constant(diagonal, "int64", [])], { attrs: { upper } });
  const last = scores.shape.length - 1;
  const masked = binary(graph, "Add", scores, triangle(Number.NEGATIVE_INFINITY, 1, 1));
  if (isEmpty(masked)) return masked;
  const largest = graph.op("ReduceMax", [masked, axesConstant(graph, [last])], {
    shape: reducedShape(masked.shape, [last], true),
    attrs: { keepdims: 1 },
  });
  const relative = graph.op("Clip", [binary(graph, "Sub", masked, largest), floatConstant(graph, LOWEST_EXPONENT)]);
  return binary(graph, "Mul", graph.op("Softmax", [relative], { attrs: { axis: -1 } }), triangle(1, 0, 0));
}
