import type { GraphTarget } from "../../contract/graph-builder.js";
import { concatOf, pairwise, splitOf } from "../gpu/rewrites/few-operands.js";
import { logSoftmax } from "../gpu/rewrites/log-softmax.js";
import { and, or, xor } from "../gpu/rewrites/logic.js";
import { oneHot } from "../gpu/rewrites/one-hot.js";
import { fusedGemm, fusedMatMul } from "../gpu/rewrites/products.js";

/** Every device binds at least eight arrays to a shader; one is left for the other side of the operator. */
const MOST_ARRAYS = 7;

/** What ONNX Runtime's WebGPU provider has no operator for, by what it has. */
export const WEBGPU_TARGET: GraphTarget = {
  rewrites: {
    "com.microsoft:FusedMatMul": fusedMatMul,
    "com.microsoft:FusedGemm": fusedGemm,
    LogSoftmax: logSoftmax,
    OneHot: oneHot,
    Or: or,
    And: and,
    Xor: xor,
    Split: splitOf(MOST_ARRAYS),
    Concat: concatOf(MOST_ARRAYS),
    Max: pairwise("Max"),
    Min: pairwise("Min"),
  },
  repeats: false,
  scatters: false,
};
