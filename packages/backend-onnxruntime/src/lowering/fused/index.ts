import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { adadeltaUpdate } from "./adadelta-update.js";
import { adagradUpdate } from "./adagrad-update.js";
import { adamaxUpdate } from "./adamax-update.js";
import { asgdUpdate } from "./asgd-update.js";
import { nadamUpdate } from "./nadam-update.js";
import { radamUpdate } from "./radam-update.js";
import { rmspropUpdate } from "./rmsprop-update.js";
import { rpropUpdate } from "./rprop-update.js";
import { adamUpdate } from "./adam-update.js";
import { attention } from "./attention.js";
import { attentionGrad } from "./attention-grad.js";
import { avgPool } from "./avg-pool.js";
import { avgPoolGrad } from "./avg-pool-grad.js";
import { batchNorm } from "./batch-norm.js";
import { batchNormGrad } from "./batch-norm-grad.js";
import { batchNormInference } from "./batch-norm-inference.js";
import { classTally } from "./class-tally.js";
import { clipByNorm } from "./clip-by-norm.js";
import { conv } from "./conv.js";
import { convInputGrad } from "./conv-input-grad.js";
import { convWeightGrad } from "./conv-weight-grad.js";
import { crossEntropy } from "./cross-entropy.js";
import { crossEntropyGrad } from "./cross-entropy-grad.js";
import { ctcStates } from "./ctc-states.js";
import { dropout } from "./dropout.js";
import { embeddingGrad } from "./embedding-grad.js";
import type { FusedLowerings } from "./fused-lowering.js";
import { gelu } from "./gelu.js";
import { geluGrad } from "./gelu-grad.js";
import { gradNorm } from "./grad-norm.js";
import { hardswishGrad } from "./hardswish-grad.js";
import { hardtanh } from "./hardtanh.js";
import { hardtanhGrad } from "./hardtanh-grad.js";
import { labelTally } from "./label-tally.js";
import { layerNorm } from "./layer-norm.js";
import { layerNormGrad } from "./layer-norm-grad.js";
import { linear } from "./linear.js";
import { linearWeightGrad } from "./linear-weight-grad.js";
import { matMul } from "./mat-mul.js";
import { meanOfLists } from "./mean-of-lists.js";
import { maxPool } from "./max-pool.js";
import { maxPoolGrad } from "./max-pool-grad.js";
import { randomUniform } from "./random-uniform.js";
import { recurrent } from "./recurrent.js";
import { recurrentGrad } from "./recurrent-grad.js";
import { reluGrad } from "./relu-grad.js";
import { runningStatistics } from "./running-statistics.js";
import { selfAttention } from "./self-attention.js";
import { selfAttentionGrad } from "./self-attention-grad.js";
import { sgdUpdate } from "./sgd-update.js";

const LOWERINGS: FusedLowerings = {
  "lit.AdadeltaUpdate": adadeltaUpdate,
  "lit.AdagradUpdate": adagradUpdate,
  "lit.AdamaxUpdate": adamaxUpdate,
  "lit.AsgdUpdate": asgdUpdate,
  "lit.NadamUpdate": nadamUpdate,
  "lit.RadamUpdate": radamUpdate,
  "lit.RmspropUpdate": rmspropUpdate,
  "lit.RpropUpdate": rpropUpdate,
  "lit.AdamUpdate": adamUpdate,
  "lit.Attention": attention,
  "lit.AttentionGrad": attentionGrad,
  "lit.AvgPool": avgPool,
  "lit.AvgPoolGrad": avgPoolGrad,
  "lit.BatchNorm": batchNorm,
  "lit.BatchNormGrad": batchNormGrad,
  "lit.BatchNormInference": batchNormInference,
  "lit.ClassTally": classTally,
  "lit.ClipByNorm": clipByNorm,
  "lit.Conv": conv,
  "lit.ConvInputGrad": convInputGrad,
  "lit.ConvWeightGrad": convWeightGrad,
  "lit.CrossEntropy": crossEntropy,
  "lit.CrossEntropyGrad": crossEntropyGrad,
  "lit.CtcStates": ctcStates,
  "lit.Dropout": dropout,
  "lit.EmbeddingGrad": embeddingGrad,
  "lit.Gelu": gelu,
  "lit.GeluGrad": geluGrad,
  "lit.GradNorm": gradNorm,
  "lit.HardswishGrad": hardswishGrad,
  "lit.Hardtanh": hardtanh,
  "lit.HardtanhGrad": hardtanhGrad,
  "lit.LabelTally": labelTally,
  "lit.LayerNorm": layerNorm,
  "lit.LayerNormGrad": layerNormGrad,
  "lit.Linear": linear,
  "lit.LinearWeightGrad": linearWeightGrad,
  "lit.MatMul": matMul,
  "lit.MeanOfLists": meanOfLists,
  "lit.MaxPool": maxPool,
  "lit.MaxPoolGrad": maxPoolGrad,
  "lit.RandomUniform": randomUniform,
  "lit.Recurrent": recurrent,
  "lit.RecurrentGrad": recurrentGrad,
  "lit.ReluGrad": reluGrad,
  "lit.RunningStatistics": runningStatistics,
  "lit.SelfAttention": selfAttention,
  "lit.SelfAttentionGrad": selfAttentionGrad,
  "lit.SgdUpdate": sgdUpdate,
};

/** The lowerings of the `lit.*` kernels of `contract/fused-kernels.ts`. */
export const FUSED_KERNELS: readonly LazyKernel[] = Object.values(LOWERINGS);
