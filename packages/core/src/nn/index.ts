export { isLazy } from "../autograd/lazy-shape.js";
export { Buffer, Parameter } from "../autograd/parameter.js";
export { ParameterDict } from "./containers/parameter-dict.js";
export { ParameterList } from "./containers/parameter-list.js";
export { RReLU } from "./layers/random-activations.js";
export { ModuleDict } from "./containers/module-dict.js";
export { ModuleList } from "./containers/module-list.js";
export { Sequential, type TensorModule } from "./containers/sequential.js";
export { fromLayersModel, LayersModelModule } from "./from-layers-model.js";
export { BatchNorm1d, BatchNorm2d, BatchNorm3d, type BatchNormLayerOptions } from "./layers/batch-norm.js";
export {
  Conv1d,
  Conv2d,
  Conv3d,
  ConvTranspose1d,
  ConvTranspose2d,
  ConvTranspose3d,
  type ConvLayerOptions,
  type PaddingMode,
  type ConvTransposeLayerOptions,
} from "./layers/convolution.js";
export { Dropout } from "./layers/dropout.js";
export { Embedding, type EmbeddingOptions, type FromPretrainedOptions } from "./layers/embedding.js";
export { EmbeddingBag, type EmbeddingBagLayerOptions } from "./layers/embedding-bag.js";
export {
  ELU,
  GELU,
  LeakyReLU,
  LogSoftmax,
  ReLU,
  Sigmoid,
  SiLU,
  Softmax,
  Softplus,
  Tanh,
} from "./layers/activations.js";
export {
  AdaptiveLogSoftmaxWithLoss,
  type AdaptiveLogSoftmaxOptions,
  type AdaptiveLogSoftmaxOutput,
} from "./layers/adaptive-log-softmax.js";
export { FractionalMaxPool2d, FractionalMaxPool3d } from "./layers/fractional-max-pooling.js";
export { Bilinear } from "./layers/bilinear.js";
export { AlphaDropout, Dropout1d, Dropout2d, Dropout3d, FeatureAlphaDropout } from "./layers/channel-dropout.js";
export { InstanceNorm1d, InstanceNorm2d, InstanceNorm3d, type InstanceNormOptions } from "./layers/instance-norm.js";
export { LocalResponseNorm, RMSNorm, type RmsNormLayerOptions } from "./layers/more-normalization.js";
export { CosineSimilarity, PairwiseDistance } from "./layers/similarity.js";
export { Upsample, UpsamplingBilinear2d, UpsamplingNearest2d, type UpsamplingSize } from "./layers/upsample.js";
export { GRU } from "./layers/gru.js";
export { GroupNorm, type GroupNormOptions } from "./layers/group-norm.js";
export {
  Hardshrink,
  Hardsigmoid,
  Hardswish,
  Hardtanh,
  PReLU,
  ReLU6,
  Softshrink,
  Threshold,
  type PReluOptions,
} from "./layers/hard-activations.js";
export { LayerNorm, type LayerNormLayerOptions } from "./layers/layer-norm.js";
export { LazyBatchNorm1d, LazyBatchNorm2d, LazyBatchNorm3d } from "./layers/lazy-batch-norm.js";
export { LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d } from "./layers/lazy-conv-transpose.js";
export { LazyConv1d, LazyConv2d, LazyConv3d } from "./layers/lazy-convolution.js";
export { LazyInstanceNorm1d, LazyInstanceNorm2d, LazyInstanceNorm3d } from "./layers/lazy-instance-norm.js";
export { LazyLinear } from "./layers/lazy-linear.js";
export { Linear, type LinearOptions } from "./layers/linear.js";
export { LSTM, type LstmStates } from "./layers/lstm.js";
export {
  MultiheadAttention,
  type MultiheadAttentionCall,
  type MultiheadAttentionOptions,
} from "./layers/multihead-attention.js";
export {
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  ConstantPad1d,
  ConstantPad2d,
  ConstantPad3d,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
  ZeroPad1d,
  ZeroPad2d,
  ZeroPad3d,
  type Padding,
} from "./layers/padding.js";
export { ChannelShuffle, PixelShuffle, PixelUnshuffle } from "./layers/pixel-shuffle.js";
export {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
} from "./layers/adaptive-pooling.js";
export { AvgPool1d, AvgPool2d, AvgPool3d } from "./layers/avg-pooling.js";
export { Fold, Unfold } from "./layers/fold.js";
export { MaxPool1d, MaxPool2d, MaxPool3d } from "./layers/max-pooling.js";
export { MaxUnpool1d, MaxUnpool2d, MaxUnpool3d } from "./layers/max-unpooling.js";
export { LPPool1d, LPPool2d, LPPool3d } from "./layers/power-pooling.js";
export { GRUCell, LSTMCell, RNNCell, type CellOptions, type RnnCellOptions } from "./layers/recurrent-cells.js";
export type { LstmOptions, RecurrentOptions, RnnOptions } from "./layers/recurrent-options.js";
export { RNN } from "./layers/rnn.js";
export {
  CELU,
  GLU,
  LogSigmoid,
  Mish,
  SELU,
  Softmax2d,
  Softmin,
  Softsign,
  Tanhshrink,
} from "./layers/smooth-activations.js";
export { Flatten, Identity, Unflatten, type FlattenOptions } from "./layers/shape-layers.js";
export {
  Transformer,
  type CustomDecoder,
  type CustomEncoder,
  type TransformerMasks,
  type TransformerOptions,
} from "./layers/transformer.js";
export { SyncBatchNorm } from "./layers/sync-batch-norm.js";
export { TransformerDecoder, TransformerDecoderLayer, type DecoderMasks } from "./layers/transformer-decoder.js";
export {
  TransformerEncoder,
  TransformerEncoderLayer,
  type EncoderLayerMasks,
  type EncoderMasks,
  type EncoderOptions,
} from "./layers/transformer-encoder.js";
export type { TransformerActivation, TransformerLayerOptions } from "./layers/transformer-options.js";
export type { LayersModelLike, LayersWeight } from "./layers-model.js";
export {
  GaussianNLLLoss,
  KLDivLoss,
  MultiLabelSoftMarginLoss,
  PoissonNLLLoss,
  SoftMarginLoss,
} from "./layers/likelihood-losses.js";
export {
  CosineEmbeddingLoss,
  HingeEmbeddingLoss,
  HuberLoss,
  MarginRankingLoss,
  MultiLabelMarginLoss,
  MultiMarginLoss,
  SmoothL1Loss,
  TripletMarginLoss,
  TripletMarginWithDistanceLoss,
} from "./layers/margin-losses.js";
export { BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss } from "./layers/losses.js";
export { CTCLoss } from "./layers/ctc-loss.js";
export { Module } from "./module.js";
export type { Size } from "./size.js";
export type { LoadStateDictPreHook } from "./load-hooks.js";
export type { HostValue, LoadStateDictOptions, LoadStateDictResult, StateDict, StateDictInput } from "./state-dict.js";
export * as functional from "./functional/index.js";
export * as init from "./init.js";
export * as utils from "./utils/index.js";
