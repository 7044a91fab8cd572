import { withoutWeights, type WeightsOption } from "../refuse-weights.js";
import { BasicBlock } from "./basic-block.js";
import { Bottleneck } from "./bottleneck.js";
import { ResNet, type ResNetOptions } from "./resnet.js";

/**
 * ResNet-18, with torchvision's state dict.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { resnet18 } from "@lightning-ts/vision";
 *
 * const model = resnet18({ numClasses: 10 }).eval();
 * console.log(model.forward(tf.zeros([2, 3, 64, 64])).shape); // [2, 10]
 * ```
 */
export function resnet18(options: ResNetOptions & WeightsOption = {}): ResNet {
  return new ResNet(BasicBlock, [2, 2, 2, 2], withoutWeights("resnet18", options));
}

/** ResNet-34, with torchvision's state dict. */
export function resnet34(options: ResNetOptions & WeightsOption = {}): ResNet {
  return new ResNet(BasicBlock, [3, 4, 6, 3], withoutWeights("resnet34", options));
}

/** ResNet-50, with torchvision's state dict. */
export function resnet50(options: ResNetOptions & WeightsOption = {}): ResNet {
  return new ResNet(Bottleneck, [3, 4, 6, 3], withoutWeights("resnet50", options));
}
