import { elementCount } from "../../graph/value-spec.js";
import { numbersAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { binary, floatConstant, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { randomIntegers } from "./random-bits.js";

/** float32 in [0, 1), from the counter hash of `lit.Dropout`. */
export const randomUniform: FusedLowering<"lit.RandomUniform"> = {
  name: "lit.RandomUniform",

  record(inputs, attrs) {
    const shape = numbersAttribute(attrs, "shape");
    return {
      inputs: [requiredInput("lit.RandomUniform", inputs, "seed")],
      outputs: [{ shape, dtype: "float32" }],
      attrs: { shape },
    };
  },

  lower(graph, [seed], attrs) {
    if (seed === undefined) return [];
    const shape = numbersAttribute(attrs, "shape");
    if (elementCount(shape) === 0) return [zeros(graph, shape)];
    return [binary(graph, "Mul", randomIntegers(graph, seed, shape), floatConstant(graph, 2 ** -24))];
  },
};
