import { stringAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { reshape } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** x · Φ(x), exactly or by the tanh approximation. */
export const gelu: FusedLowering<"lit.Gelu"> = {
  name: "lit.Gelu",

  record(inputs, attrs) {
    const x = requiredInput("lit.Gelu", inputs, "x");
    return {
      inputs: [x],
      outputs: [{ shape: x.shape, dtype: "float32" }],
      attrs: { approximate: stringAttribute(attrs, "approximate") },
    };
  },

  lower(graph, [x], attrs) {
    if (x === undefined) return [];
    const approximate = stringAttribute(attrs, "approximate");
    if (graph.isPortable === true) return [graph.op("Gelu", [x], { attrs: { approximate } })];
    const type = approximate === "tanh" ? "FastGelu" : "Gelu";
    // FastGelu takes no scalar.
    const y = graph.op(type, [x.shape.length === 0 ? reshape(graph, x, [1]) : x], { domain: "com.microsoft" });
    return [reshape(graph, y, x.shape)];
  },
};
