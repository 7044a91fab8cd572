import type { GraphTarget, NodeRequest } from "../../contract/graph-builder.js";
import { batchNormalization } from "../gpu/rewrites/batch-norm.js";
import { concatOf, pairwise, splitOf } from "../gpu/rewrites/few-operands.js";
import { logSoftmax } from "../gpu/rewrites/log-softmax.js";
import { and, or, xor } from "../gpu/rewrites/logic.js";
import { oneHot } from "../gpu/rewrites/one-hot.js";
import { fusedGemm, fusedMatMul } from "../gpu/rewrites/products.js";
import { clip, exp, isInf, isNaN, log, relu, sigmoid, softmax, topK } from "../gpu/rewrites/special-values.js";

/** Every device binds at least eight arrays to a shader; one is left for the other side of the operator. */
const MOST_ARRAYS = 7;

/** What ONNX Runtime's WebGPU provider has no operator for, or a careless one, by what it has. */
export const WEBGPU_TARGET: GraphTarget = {
  rewrites: {
    "com.microsoft:FusedMatMul": fusedMatMul,
    "com.microsoft:FusedGemm": fusedGemm,
    BatchNormalization: batchNormalization,
    LogSoftmax: logSoftmax,
    OneHot: oneHot,
    Or: or,
    And: and,
    Xor: xor,
    Split: splitOf(MOST_ARRAYS),
    Concat: concatOf(MOST_ARRAYS),
    Max: pairwise("Max"),
    Min: pairwise("Min"),
    Relu: relu,
    Clip: clip,
    Exp: exp,
    Log: log,
    Sigmoid: sigmoid,
    Softmax: softmax,
    TopK: topK,
    IsNaN: isNaN,
    IsInf: isInf,
  },
  sumsExactly: false,
  onProcessor: (node) => computesBits(node) || findsPositions(node) || spreadsInSpace(node) || isRareFunction(node),
  repeats: false,
  packsUpdates: true,
  scatters: false,
  halves: { float16: ["MatMul", "Gemm", "Conv", "ConvTranspose"], bfloat16: [] },
};

/** Random bits are drawn with operators that the device lacks; those in between would go back and forth. */
function computesBits({ inputs, outputs }: NodeRequest): boolean {
  return [...inputs, ...outputs].some((value) => value?.dtype === "uint32");
}

/** The provider's transposed convolutions have at most two dimensions, and convolutions in three have no groups. */
function spreadsInSpace({ type, inputs: [x, weight] }: NodeRequest): boolean {
  if ((x?.shape.length ?? 0) <= 4) return false;
  return type === "ConvTranspose" || (type === "Conv" && x?.shape[1] !== weight?.shape[1]);
}

/** The provider's pooling has no positions of what it finds. */
function findsPositions({ type, outputs }: NodeRequest): boolean {
  return type === "MaxPool" && outputs.length > 1;
}

/** Functions that drivers make of logarithms and quotients without care for large, small and forbidden numbers. */
const RARE_FUNCTIONS: ReadonlySet<string> = new Set(["Acosh", "Asinh", "Atanh", "Cosh", "Sinh", "Tan"]);

function isRareFunction({ type }: NodeRequest): boolean {
  return RARE_FUNCTIONS.has(type);
}
