export { InvertedResidual, type InvertedResidualOptions } from "./models/mobilenet/inverted-residual.js";
export {
  MobileNetV2,
  mobilenetV2,
  type InvertedResidualBlock,
  type InvertedResidualSetting,
  type MobileNetV2Options,
} from "./models/mobilenet/mobilenet-v2.js";
export type { WeightsOption } from "./models/refuse-weights.js";
export { BasicBlock } from "./models/resnet/basic-block.js";
export { Bottleneck } from "./models/resnet/bottleneck.js";
export type { ResidualBlock, ResidualBlockOptions } from "./models/resnet/residual-block.js";
export { ResNet, type ResNetOptions } from "./models/resnet/resnet.js";
export { resnet18, resnet34, resnet50 } from "./models/resnet/resnets.js";
export type { ConvStemConfig } from "./models/vision-transformer/conv-stem.js";
export {
  VisionTransformer,
  vitB16,
  type VisionTransformerOptions,
} from "./models/vision-transformer/vision-transformer.js";
export { Conv2dNormActivation, type Conv2dNormActivationOptions } from "./ops/conv-norm-activation.js";
export type { NormLayer } from "./ops/norm-layer.js";
