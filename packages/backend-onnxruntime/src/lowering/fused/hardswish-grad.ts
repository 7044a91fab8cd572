import { Elementwise } from "../elementwise.js";
import { requiredInput } from "./call-inputs.js";
import { floatConstant } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** A power of two, so that products with it are exact; times the distance between 3 and its neighbour it is above 1. */
const STEEP = 2 ** 30;

/**
 * dx = dy · (x / 3 + 1/2) between -3 and 3, 0 up to -3, dy from 3 on. A selection is as slow as six other passes, so
 * the upper one is a sum: min(x, 3) / 3, and 1/2 more below 3, where a steep `HardSigmoid` is 1.
 */
export const hardswishGrad: FusedLowering<"lit.HardswishGrad"> = {
  name: "lit.HardswishGrad",

  record(inputs) {
    const dy = requiredInput("lit.HardswishGrad", inputs, "dy");
    const x = requiredInput("lit.HardswishGrad", inputs, "x");
    return { inputs: [dy, x], outputs: [{ shape: dy.shape, dtype: "float32" }] };
  },

  lower(graph, [dy, x]) {
    if (dy === undefined || x === undefined) return [];
    const e = new Elementwise(graph);
    const isBelow = graph.op("HardSigmoid", [x], { attrs: { alpha: { float: -STEEP }, beta: { float: 3 * STEEP } } });
    const rising = e.div(graph.op("Clip", [x, undefined, floatConstant(graph, 3)]), 3);
    const slope = e.add(rising, e.mul(isBelow, 0.5));
    return [e.where(e.lessOrEqual(x, -3), 0, e.mul(dy, slope))];
  },
};
