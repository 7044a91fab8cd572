import { Elementwise } from "../elementwise.js";
import { requiredInput } from "./call-inputs.js";
import type { FusedLowering } from "./fused-lowering.js";
import { limitsOf } from "./hardtanh.js";

/**
 * dx = dy, and 0 where y is on a limit or beyond. It selects: multiplying by a mask takes half the time on two threads,
 * but makes NaN of an infinite dy outside, which `log(hardsigmoid(x))` and the like have.
 */
export const hardtanhGrad: FusedLowering<"lit.HardtanhGrad"> = {
  name: "lit.HardtanhGrad",

  record(inputs, attrs) {
    const dy = requiredInput("lit.HardtanhGrad", inputs, "dy");
    const y = requiredInput("lit.HardtanhGrad", inputs, "y");
    return { inputs: [dy, y], outputs: [{ shape: dy.shape, dtype: "float32" }], attrs: limitsOf(attrs) };
  },

  lower(graph, [dy, y], attrs) {
    if (dy === undefined || y === undefined) return [];
    const e = new Elementwise(graph);
    const { minVal, maxVal } = limitsOf(attrs);
    return [e.where(e.or(e.lessOrEqual(y, minVal), e.greaterOrEqual(y, maxVal)), 0, dy)];
  },
};
