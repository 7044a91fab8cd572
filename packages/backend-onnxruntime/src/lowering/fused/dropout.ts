import { numberAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { requiredInput } from "./call-inputs.js";
import { binary, floatConstant, isEmpty } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { randomIntegers } from "./random-bits.js";

/** y = x · m, m being 1 / (1 - p) or 0. The gradient repeats the call, and equal nodes of one graph are shared. */
export const dropout: FusedLowering<"lit.Dropout"> = {
  name: "lit.Dropout",

  record(inputs, attrs) {
    const x = requiredInput("lit.Dropout", inputs, "x");
    const seed = requiredInput("lit.Dropout", inputs, "seed");
    const p = numberAttribute(attrs, "p");
    if (!(p >= 0 && p <= 1))
      throw new FusedKernelError(`Dropout's probability is out of range. Expected 0 <= p <= 1. Received ${p}.`);
    return { inputs: [x, seed], outputs: [{ shape: x.shape, dtype: "float32" }], attrs: { p } };
  },

  lower(graph, [x, seed], attrs) {
    if (x === undefined || seed === undefined) return [];
    const p = numberAttribute(attrs, "p");
    if (isEmpty(x) || p === 0) return [graph.op("Identity", [x])];
    if (p === 1) return [binary(graph, "Mul", x, floatConstant(graph, 0))];
    const integers = randomIntegers(graph, seed, x.shape);
    const threshold = Math.ceil(p * 2 ** 24);
    const isKept = graph.op("HardSigmoid", [integers], {
      attrs: { alpha: { float: 1 }, beta: { float: 1 - threshold } },
    });
    const factor = binary(graph, "Mul", isKept, floatConstant(graph, 1 / (1 - p)));
    return [binary(graph, "Mul", x, factor)];
  },
};
