import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { numberAttribute, requiredInput } from "./attributes.js";
import { axesConstant, binary, isEmpty, reducedShape, reduceSum, zeros } from "./emit.js";
import { layerNormShapes } from "./layer-norm-shapes.js";

/** dx = invStd · (dy·w - mean(dy·w) - x̂ · mean(dy·w·x̂)); dweight = Σ dy·x̂; dbias = Σ dy. */
export const layerNormGrad: LazyKernel = {
  name: "lit.LayerNormGrad",

  record(inputs, attrs) {
    const [dy, x, mean, invStd] = ["dy", "x", "mean", "invStd"].map((name) => requiredInput("lit.LayerNormGrad", inputs, name));
    if (dy === undefined || x === undefined || mean === undefined || invStd === undefined) return null;
    const weight = inputs["weight"];
    const dims = numberAttribute(attrs, "dims");
    const { normalized } = layerNormShapes(x.shape, dims);
    return {
      inputs: [dy, x, mean, invStd, ...(weight === undefined ? [] : [weight])],
      outputs: [x.shape, normalized, normalized].map((shape) => ({ shape, dtype: "float32" as const })),
      attrs: { dims },
    };
  },

  lower(graph, [dy, x, mean, invStd, weight], attrs) {
    if (dy === undefined || x === undefined || mean === undefined || invStd === undefined) return [];
    const { normalized, leadingAxes, normalizedAxes } = layerNormShapes(x.shape, numberAttribute(attrs, "dims"));
    if (isEmpty(x)) return [zeros(graph, x.shape), zeros(graph, normalized), zeros(graph, normalized)];
    const normal = binary(graph, "Mul", binary(graph, "Sub", x, mean), invStd);
    const weighted = weight === undefined ? dy : binary(graph, "Mul", dy, weight);
    const average = reduceMean(graph, weighted, normalizedAxes);
    const slope = reduceMean(graph, binary(graph, "Mul", weighted, normal), normalizedAxes);
    const centred = binary(graph, "Sub", binary(graph, "Sub", weighted, average), binary(graph, "Mul", normal, slope));
    return [
      binary(graph, "Mul", centred, invStd),
      reduceSum(graph, binary(graph, "Mul", dy, normal), leadingAxes),
      reduceSum(graph, dy, leadingAxes),
    ];
  },
};

function reduceMean(graph: GraphBuilder, value: GraphValue, axes: readonly number[]): GraphValue {
  return graph.op("ReduceMean", [value, axesConstant(graph, axes)], { shape: reducedShape(value.shape, axes, true), attrs: { keepdims: 1 } });
}
