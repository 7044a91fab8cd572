import { booleanAttribute, numberAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { requiredInput } from "./call-inputs.js";
import type { FusedLowering } from "./fused-lowering.js";
import { matrixProduct, matrixProductShape } from "./matrix-product.js";

/** alpha · a · b with optional transposes of the last two dimensions. */
export const matMul: FusedLowering<"lit.MatMul"> = {
  name: "lit.MatMul",

  record(inputs, attrs) {
    const a = requiredInput("lit.MatMul", inputs, "a");
    const b = requiredInput("lit.MatMul", inputs, "b");
    const transposeA = booleanAttribute(attrs, "transposeA");
    const transposeB = booleanAttribute(attrs, "transposeB");
    if (a.shape.at(transposeA ? -2 : -1) !== b.shape.at(transposeB ? -1 : -2)) {
      throw new FusedKernelError(
        `Two matrices cannot be multiplied. Expected equal inner dimensions. Received [${a.shape.join(", ")}]${transposeA ? "ᵀ" : ""} and [${b.shape.join(", ")}]${transposeB ? "ᵀ" : ""}.`,
      );
    }
    return {
      inputs: [a, b],
      outputs: [{ shape: matrixProductShape(a.shape, b.shape, transposeA, transposeB), dtype: "float32" }],
      attrs: { transposeA, transposeB, alpha: numberAttribute(attrs, "alpha") },
    };
  },

  lower(graph, [a, b], attrs) {
    if (a === undefined || b === undefined) return [];
    return [
      matrixProduct(graph, a, b, {
        transposeA: booleanAttribute(attrs, "transposeA"),
        transposeB: booleanAttribute(attrs, "transposeB"),
        alpha: numberAttribute(attrs, "alpha"),
      }),
    ];
  },
};
