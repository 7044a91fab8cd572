import type { GraphTarget } from "../../contract/graph-builder.js";
import { oneHot } from "../gpu/rewrites/one-hot.js";
import { fusedGemm } from "../gpu/rewrites/products.js";

/** What ONNX Runtime's CUDA provider has no operator for, by what it has. */
export const CUDA_TARGET: GraphTarget = {
  rewrites: { "com.microsoft:FusedGemm": fusedGemm, OneHot: oneHot },
  sumsExactly: true,
  repeats: true,
  packsUpdates: false,
  scatters: false,
  // There is no convolution in bfloat16.
  halves: {
    float16: ["MatMul", "Gemm", "Conv", "ConvTranspose", "com.microsoft:FusedMatMul"],
    bfloat16: ["MatMul", "Gemm", "com.microsoft:FusedMatMul"],
  },
};
