import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { numberAttribute, requiredInput } from "./attributes.js";
import { emitAll, filled, isEmpty, zeros } from "./emit.js";
import { layerNormShapes } from "./layer-norm-shapes.js";

/** Normalizes over the last `dims` dimensions, with the statistics that its gradient needs. */
export const layerNorm: LazyKernel = {
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
    return emitAll(graph, {
      type: "LayerNormalization",
      inputs: [x, scale, affine.shift()],
      attrs: { axis: -normalized.length, epsilon: { float: numberAttribute(attrs, "eps") } },
      outputs: [x.shape, statistics, statistics].map((shape) => ({ dtype: "float32", shape })),
    });
  },
};
