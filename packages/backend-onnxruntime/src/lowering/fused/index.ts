import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { adamUpdate } from "./adam-update.js";
import { attention } from "./attention.js";
import { attentionGrad } from "./attention-grad.js";
import { avgPool } from "./avg-pool.js";
import { avgPoolGrad } from "./avg-pool-grad.js";
import { batchNorm } from "./batch-norm.js";
import { batchNormGrad } from "./batch-norm-grad.js";
import { batchNormInference } from "./batch-norm-inference.js";
import { clipByNorm } from "./clip-by-norm.js";
import { conv } from "./conv.js";
import { convInputGrad } from "./conv-input-grad.js";
import { convWeightGrad } from "./conv-weight-grad.js";
import { crossEntropy } from "./cross-entropy.js";
import { crossEntropyGrad } from "./cross-entropy-grad.js";
import { dropout } from "./dropout.js";
import { embeddingGrad } from "./embedding-grad.js";
import { gelu } from "./gelu.js";
import { geluGrad } from "./gelu-grad.js";
import { gradNorm } from "./grad-norm.js";
import { layerNorm } from "./layer-norm.js";
import { layerNormGrad } from "./layer-norm-grad.js";
import { linear } from "./linear.js";
import { linearWeightGrad } from "./linear-weight-grad.js";
import { matMul } from "./mat-mul.js";
import { maxPool } from "./max-pool.js";
import { maxPoolGrad } from "./max-pool-grad.js";
import { randomUniform } from "./random-uniform.js";
import { reluGrad } from "./relu-grad.js";
import { selfAttention } from "./self-attention.js";
import { selfAttentionGrad } from "./self-attention-grad.js";
import { sgdUpdate } from "./sgd-update.js";

/** The lowerings of the `lit.*` kernels of `contract/fused-kernels.ts`. */
export const FUSED_KERNELS: readonly LazyKernel[] = [
  adamUpdate,
  attention,
  attentionGrad,
  avgPool,
  avgPoolGrad,
  batchNorm,
  batchNormGrad,
  batchNormInference,
  clipByNorm,
  conv,
  convInputGrad,
  convWeightGrad,
  crossEntropy,
  crossEntropyGrad,
  dropout,
  embeddingGrad,
  gelu,
  geluGrad,
  gradNorm,
  layerNorm,
  layerNormGrad,
  linear,
  linearWeightGrad,
  matMul,
  maxPool,
  maxPoolGrad,
  randomUniform,
  reluGrad,
  selfAttention,
  selfAttentionGrad,
  sgdUpdate,
];
