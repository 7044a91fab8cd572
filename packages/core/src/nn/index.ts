export { Buffer, Parameter } from "../autograd/parameter.js";
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
  type ConvTransposeLayerOptions,
} from "./layers/convolution.js";
export { Dropout } from "./layers/dropout.js";
export { Embedding, type EmbeddingOptions } from "./layers/embedding.js";
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
export { GRU } from "./layers/gru.js";
export { GroupNorm, type GroupNormOptions } from "./layers/group-norm.js";
export { LayerNorm, type LayerNormLayerOptions } from "./layers/layer-norm.js";
export { Linear, type LinearOptions } from "./layers/linear.js";
export { LSTM, type LstmStates } from "./layers/lstm.js";
export {
  MultiheadAttention,
  type MultiheadAttentionCall,
  type MultiheadAttentionOptions,
} from "./layers/multihead-attention.js";
export {
  AdaptiveAvgPool2d,
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
} from "./layers/pooling.js";
export { GRUCell, LSTMCell, RNNCell, type CellOptions, type RnnCellOptions } from "./layers/recurrent-cells.js";
export type { LstmOptions, RecurrentOptions, RnnOptions } from "./layers/recurrent-options.js";
export { RNN } from "./layers/rnn.js";
export { Flatten, Identity } from "./layers/shape-layers.js";
export {
  Transformer,
  type CustomDecoder,
  type CustomEncoder,
  type TransformerMasks,
  type TransformerOptions,
} from "./layers/transformer.js";
export { TransformerDecoder, TransformerDecoderLayer, type DecoderMasks } from "./layers/transformer-decoder.js";
export {
  TransformerEncoder,
  TransformerEncoderLayer,
  type EncoderLayerMasks,
  type EncoderMasks,
} from "./layers/transformer-encoder.js";
export type { TransformerActivation, TransformerLayerOptions } from "./layers/transformer-options.js";
export type { LayersModelLike, LayersWeight } from "./layers-model.js";
export { BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss } from "./layers/losses.js";
export { Module } from "./module.js";
export type { Size } from "./size.js";
export type { HostValue, LoadStateDictOptions, LoadStateDictResult, StateDict, StateDictInput } from "./state-dict.js";
export * as functional from "./functional/index.js";
export * as init from "./init.js";
export * as utils from "./utils/index.js";
