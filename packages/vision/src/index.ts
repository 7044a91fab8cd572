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
export { CenterCrop } from "./transforms/center-crop.js";
export { ColorJitter, type ColorJitterOptions } from "./transforms/color-jitter.js";
export { Compose, type Transform, type Transformed } from "./transforms/compose.js";
export type { PaddingMode } from "./transforms/functional/crop.js";
export type { AnyImage, HostImage, ImageTensor } from "./transforms/functional/planes.js";
export type { Interpolation } from "./transforms/functional/resize.js";
export { Grayscale, type GrayscaleOptions } from "./transforms/grayscale.js";
export type { ImageTransform } from "./transforms/image-transform.js";
export { Lambda } from "./transforms/lambda.js";
export { makeGrid, type MakeGridOptions } from "./transforms/make-grid.js";
export { Normalize } from "./transforms/normalize.js";
export type { Size } from "./transforms/options.js";
export { RandAugment, type RandAugmentOptions } from "./transforms/rand-augment.js";
export { RandomCrop, type RandomCropOptions } from "./transforms/random-crop.js";
export { RandomErasing, type RandomErasingOptions } from "./transforms/random-erasing.js";
export { RandomHorizontalFlip, RandomVerticalFlip, type RandomFlipOptions } from "./transforms/random-flips.js";
export { RandomResizedCrop, type RandomResizedCropOptions } from "./transforms/random-resized-crop.js";
export { RandomRotation, type RandomRotationOptions } from "./transforms/random-rotation.js";
export { Resize, type ResizeOptions } from "./transforms/resize.js";
export { saveImage, type SaveImageOptions } from "./transforms/save-image.js";
export { ToTensor } from "./transforms/to-tensor.js";
