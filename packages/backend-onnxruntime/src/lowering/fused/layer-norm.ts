import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { exactMean } from "../sums/exact-sum.js";
import { binary, emitAll, filled, floatConstant, isEmpty, range, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { layerNormShapes } from "./layer-norm-shapes.js";

/**
 * ONNX Runtime's variance is a difference of two sums, each of terms that are added one after the other: up to here
 * results are within 1e-6, whatever the rows hold. The definition takes twice as long.
 */
const LONGEST_ROW = 1024;

/** Normalizes over the last `dims` dimensions, with the statistics that its gradient needs. */
export const layerNorm: FusedLowering<"lit.LayerNorm"> = {
  name: "lit.LayerNorm",

  record(inputs, attrs) {
    const x = requiredInput("lit.LayerNorm", inputs, "x");
    const { weight, bias } = inputs;
    const dims = numberAttribute(attrs, "dims");
    const { statistics } = layerNormShapes(x.shape, dims);
    return {
      inputs: [x, ...(weight === undefined ? [] : [weight]), ...(bias === undefined ? [] : [bias])],
      outputs: [x.shape, statistics, statistics].map((shape) => ({ shape, dtype: "float32" as const })),
      attrs: { dims, eps: numberAttribute(attrs, "eps"), hasWeight: weight !== undefined },
    };
  },

  lower(graph, [x, ...affine], attrs) {
    if (x === undefined) return [];
    const { statistics, normalized } = layerNormShapes(x.shape, numberAttribute(attrs, "dims"));
    if (isEmpty(x)) return [zeros(graph, x.shape), zeros(graph, statistics), zeros(graph, statistics)];
    const weight = attrs["hasWeight"] === true ? affine.shift() : undefined;
    const scale = weight ?? filled(graph, 1, normalized);
    if (elementCount(normalized) > LONGEST_ROW && graph.isPortable !== true)
      return normalizeLongRows(
        graph,
        { x, scale, offset: affine.shift() },
        normalized.length,
        numberAttribute(attrs, "eps"),
      );
    return emitAll(graph, {
      type: "LayerNormalization",
      inputs: [x, scale, affine.shift()],
      attrs: { axis: -normalized.length, epsilon: { float: numberAttribute(attrs, "eps") } },
      outputs: [x.shape, statistics, statistics].map((shape) => ({ dtype: "float32", shape })),
    });
  },
};

interface LayerNormOperands {
  readonly x: GraphValue;
  readonly scale: GraphValue;
  readonly offset: GraphValue | undefined;
}

/** y, mean and inverse deviation by the definition. */
function normalizeLongRows(
  graph: GraphBuilder,
  { x, scale, offset }: LayerNormOperands,
  dims: number,
  eps: number,
): GraphValue[] {
  const axes = range(x.shape.length - dims, x.shape.length);
  const mean = exactMean(graph, x, axes, true);
  const centred = binary(graph, "Sub", x, mean);
  const variance = exactMean(graph, binary(graph, "Mul", centred, centred), axes, true);
  const invStd = graph.op("Reciprocal", [
    graph.op("Sqrt", [binary(graph, "Add", variance, floatConstant(graph, eps))]),
  ]);
  const y = binary(graph, "Mul", binary(graph, "Mul", centred, invStd), scale);
  return [offset === undefined ? y : binary(graph, "Add", y, offset), mean, invStd];
}
