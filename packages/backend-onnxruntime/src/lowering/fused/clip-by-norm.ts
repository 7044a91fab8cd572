import { numberAttribute } from "../read-attributes.js";
import { listInput, requiredInput } from "./call-inputs.js";
import { binary, floatConstant } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";

/** Scales a list of gradients so that their joint norm is at most maxNorm, as torch's clip_grad_norm_ does. */
export const clipByNorm: FusedLowering<"lit.ClipByNorm"> = {
  name: "lit.ClipByNorm",
  returnsList: true,

  record(inputs, attrs) {
    const count = numberAttribute(attrs, "count");
    const grads = listInput("lit.ClipByNorm", inputs, "g", count);
    return {
      inputs: [requiredInput("lit.ClipByNorm", inputs, "norm"), ...grads],
      outputs: grads.map(({ shape }) => ({ shape, dtype: "float32" })),
      scalars: [numberAttribute(attrs, "maxNorm")],
    };
  },

  lower(graph, [norm, ...grads], _attrs, [maxNorm]) {
    if (norm === undefined || maxNorm === undefined) return [];
    const ratio = binary(graph, "Div", maxNorm, binary(graph, "Add", norm, floatConstant(graph, 1e-6)));
    const factor = graph.op("Min", [ratio, floatConstant(graph, 1)]);
    return grads.map((grad) => binary(graph, "Mul", grad, factor));
  },
};
