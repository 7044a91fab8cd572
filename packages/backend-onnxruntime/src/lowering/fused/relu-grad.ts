import { requiredInput } from "./call-inputs.js";
import { binary } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { isPositive } from "./is-positive.js";
import { maskedAttributes } from "./max-pool-grad.js";

/** dx = dy where y > 0. */
export const reluGrad: FusedLowering<"lit.ReluGrad"> = {
  name: "lit.ReluGrad",

  record(inputs) {
    const dy = requiredInput("lit.ReluGrad", inputs, "dy");
    const y = requiredInput("lit.ReluGrad", inputs, "y");
    return { inputs: [dy, y], outputs: [{ shape: dy.shape, dtype: "float32" }] };
  },

  absorbedBy: ({ kernel, attrs, inputs }, [, y]) =>
    kernel.name === "lit.MaxPoolGrad" && inputs[1] === y ? maskedAttributes(attrs) : undefined,

  lower(graph, [dy, y]) {
    if (dy === undefined || y === undefined) return [];
    return [binary(graph, "Mul", dy, isPositive(graph, y))];
  },
};
