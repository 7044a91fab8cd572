import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { attention } from "./attention.js";
import { attentionGrad } from "./attention-grad.js";
import { crossEntropy } from "./cross-entropy.js";
import { crossEntropyGrad } from "./cross-entropy-grad.js";
import { dropout } from "./dropout.js";
import { embeddingGrad } from "./embedding-grad.js";
import { gelu } from "./gelu.js";
import { geluGrad } from "./gelu-grad.js";
import { layerNorm } from "./layer-norm.js";
import { layerNormGrad } from "./layer-norm-grad.js";
import { linear } from "./linear.js";
import { linearWeightGrad } from "./linear-weight-grad.js";
import { matMul } from "./mat-mul.js";
import { randomUniform } from "./random-uniform.js";
import { reluGrad } from "./relu-grad.js";

/** The lowerings of the `lit.*` kernels of `contract/fused-kernels.ts`. */
export const FUSED_KERNELS: readonly LazyKernel[] = [
  attention,
  attentionGrad,
  crossEntropy,
  crossEntropyGrad,
  dropout,
  embeddingGrad,
  gelu,
  geluGrad,
  layerNorm,
  layerNormGrad,
  linear,
  linearWeightGrad,
  matMul,
  randomUniform,
  reluGrad,
];
