export { elu, gelu, leakyRelu, logSoftmax, relu, sigmoid, silu, softmax, softplus, tanh } from "./activations.js";
export {
  scaledDotProductAttention,
  selfAttention,
  type AttentionOptions,
  type SelfAttentionOptions,
} from "./attention.js";
export {
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  type ConvOptions,
  type ConvTransposeOptions,
} from "./convolution.js";
export { crossEntropy, nllLoss, type CrossEntropyOptions, type NllLossOptions } from "./cross-entropy.js";
export { convTbc } from "./conv-tbc.js";
export { dropout } from "./dropout.js";
export { fractionalMaxPool2d, fractionalMaxPool3d, type FractionalMaxPoolOptions } from "./fractional-max-pooling.js";
export { linearCrossEntropy, type LinearCrossEntropyOptions } from "./linear-cross-entropy.js";
export { upsample, upsampleBilinear, upsampleNearest, type UpsampleOptions } from "./upsample.js";
export { embedding, oneHot, type EmbeddingRowOptions } from "./embedding.js";
export { embeddingBag, type EmbeddingBagOptions } from "./embedding-bag.js";
export {
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  prelu,
  relu6,
  softshrink,
  threshold,
  type HardtanhOptions,
} from "./hard-activations.js";
export { linear } from "./linear.js";
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  huberLoss,
  l1Loss,
  mseLoss,
  smoothL1Loss,
  type LossOptions,
  type WeightedLossOptions,
  type Reduction,
} from "./losses.js";
export {
  gaussianNllLoss,
  klDiv,
  multilabelSoftMarginLoss,
  poissonNllLoss,
  softMarginLoss,
  type GaussianNllOptions,
  type KlDivOptions,
  type MultilabelSoftMarginOptions,
  type PoissonNllOptions,
} from "./likelihood-losses.js";
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  marginRankingLoss,
  multilabelMarginLoss,
  multiMarginLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
  type TripletMarginWithDistanceOptions,
  type MarginOptions,
  type MultiMarginOptions,
  type TripletMarginOptions,
} from "./margin-losses.js";
export { batchNorm, groupNorm, layerNorm, type BatchNormOptions, type LayerNormOptions } from "./normalization.js";
export { bilinear } from "./bilinear.js";
export { gumbelSoftmax, rrelu, type GumbelSoftmaxOptions, type RreluOptions } from "./random-activations.js";
export { instanceNorm, type InstanceNormFunctionOptions } from "./instance-norm.js";
export { celu, glu, logsigmoid, mish, selu, softmin, softsign, tanhshrink } from "./smooth-activations.js";
export {
  alphaDropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
  type DropoutOptions,
} from "./channel-dropout.js";
export { interpolate, type InterpolateMode, type InterpolateOptions } from "./interpolate.js";
export {
  localResponseNorm,
  rmsNorm,
  type LocalResponseNormOptions,
  type RmsNormOptions,
} from "./more-normalization.js";
export {
  cosineSimilarity,
  normalize,
  pairwiseDistance,
  pdist,
  type CosineSimilarityOptions,
  type NormalizeOptions,
  type PairwiseDistanceOptions,
} from "./similarity.js";
export { pad, type PadOptions } from "./pad.js";
export { channelShuffle, pixelShuffle, pixelUnshuffle } from "./pixel-shuffle.js";
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  type AdaptiveMaxOptions,
  type AdaptiveSize,
} from "./adaptive-pooling.js";
export { avgPool1d, avgPool2d, avgPool3d, type AvgPoolOptions } from "./avg-pooling.js";
export { fold, unfold, type FoldOptions } from "./fold.js";
export {
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type MaxPoolOptions,
  type MaxPoolWithIndices,
  type ValuesAndIndices,
} from "./max-pooling.js";
export {
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
  type MaxUnpoolOptions,
  type MaxUnpoolWindows,
} from "./max-unpooling.js";
export type { PoolWindowOptions } from "./pool-windows.js";
export { lpPool1d, lpPool2d, lpPool3d, type LpPoolOptions } from "./power-pooling.js";
export { affineGrid } from "./affine-grid.js";
export type { GridPadding, SampleMode } from "./grid-corners.js";
export { gridSample, type GridSampleOptions } from "./grid-sample.js";
export { ctcLoss, type CtcLengths, type CtcLossOptions } from "./ctc-loss.js";
