import { booleanAttribute, numbersAttribute, pairsAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { exactMean } from "../sums/exact-sum.js";
import { isEmpty, range, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { isGlobal, onnxPoolAttributes, pooledShape, poolGeometry } from "./pool-geometry.js";

/** The mean of every window. */
export const avgPool: FusedLowering<"lit.AvgPool"> = {
  name: "lit.AvgPool",

  record(inputs, attrs) {
    const x = requiredInput("lit.AvgPool", inputs, "x");
    const shape = pooledShape(poolGeometry("lit.AvgPool", x.shape, attrs, false));
    return {
      inputs: [x],
      outputs: [{ shape, dtype: "float32" }],
      attrs: {
        kernelSize: numbersAttribute(attrs, "kernelSize"),
        stride: numbersAttribute(attrs, "stride"),
        padding: pairsAttribute(attrs, "padding"),
        countIncludePad: booleanAttribute(attrs, "countIncludePad"),
      },
    };
  },

  lower(graph, [x], attrs) {
    if (x === undefined) return [];
    const geometry = poolGeometry("lit.AvgPool", x.shape, attrs, false);
    const shape = pooledShape(geometry);
    if (isEmpty(x)) return [zeros(graph, shape)];
    if (isGlobal(geometry)) return [exactMean(graph, x, range(2, x.shape.length), true)];
    const includePad = booleanAttribute(attrs, "countIncludePad") ? 1 : 0;
    return [graph.op("AveragePool", [x], { shape, attrs: { ...onnxPoolAttributes(geometry), count_include_pad: includePad } })];
  },
};
