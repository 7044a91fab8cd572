import { numbersAttribute, pairsAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { isEmpty, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { onnxPoolAttributes, pooledShape, poolGeometry } from "./pool-geometry.js";

/** The largest element of every window; padding counts as -Infinity. */
export const maxPool: FusedLowering<"lit.MaxPool"> = {
  name: "lit.MaxPool",

  record(inputs, attrs) {
    const x = requiredInput("lit.MaxPool", inputs, "x");
    const shape = pooledShape(poolGeometry("lit.MaxPool", x.shape, attrs, true));
    return {
      inputs: [x],
      outputs: [{ shape, dtype: "float32" }],
      attrs: {
        kernelSize: numbersAttribute(attrs, "kernelSize"),
        stride: numbersAttribute(attrs, "stride"),
        padding: pairsAttribute(attrs, "padding"),
        dilation: numbersAttribute(attrs, "dilation"),
      },
    };
  },

  lower(graph, [x], attrs) {
    if (x === undefined) return [];
    const geometry = poolGeometry("lit.MaxPool", x.shape, attrs, true);
    const shape = pooledShape(geometry);
    if (isEmpty(x)) return [zeros(graph, shape)];
    return [
      graph.op("MaxPool", [x], { shape, attrs: { ...onnxPoolAttributes(geometry), dilations: geometry.dilation } }),
    ];
  },
};
