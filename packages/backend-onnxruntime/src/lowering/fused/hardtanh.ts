import { numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { floatConstant } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** x, but at least minVal and at most maxVal: one pass, in which NaN and -0 stay. */
export const hardtanh: FusedLowering<"lit.Hardtanh"> = {
  name: "lit.Hardtanh",

  record(inputs, attrs) {
    const x = requiredInput("lit.Hardtanh", inputs, "x");
    return {
      inputs: [x],
      outputs: [{ shape: x.shape, dtype: "float32" }],
      attrs: { minVal: numberAttribute(attrs, "minVal"), maxVal: numberAttribute(attrs, "maxVal") },
    };
  },

  lower(graph, [x], attrs) {
    if (x === undefined) return [];
    const [low, high] = (["minVal", "maxVal"] as const).map((name) =>
      floatConstant(graph, numberAttribute(attrs, name)),
    );
    return [graph.op("Clip", [x, low, high])];
  },
};
