import type { Limits } from "../../contract/fused-kernels.js";
import { type Attributes, numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { floatConstant } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** x, but at least minVal and at most maxVal: one pass, in which NaN and -0 stay. */
export const hardtanh: FusedLowering<"lit.Hardtanh"> = {
  name: "lit.Hardtanh",

  record(inputs, attrs) {
    const x = requiredInput("lit.Hardtanh", inputs, "x");
    return { inputs: [x], outputs: [{ shape: x.shape, dtype: "float32" }], attrs: limitsOf(attrs) };
  },

  lower(graph, [x], attrs) {
    if (x === undefined) return [];
    const { minVal, maxVal } = limitsOf(attrs);
    return [graph.op("Clip", [x, floatConstant(graph, minVal), floatConstant(graph, maxVal)])];
  },
};

export function limitsOf(attrs: Attributes<Limits>): { readonly minVal: number; readonly maxVal: number } {
  return { minVal: numberAttribute(attrs, "minVal"), maxVal: numberAttribute(attrs, "maxVal") };
}
