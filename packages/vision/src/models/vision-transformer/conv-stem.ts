import { nn } from "@lightning-ts/core";
import { Conv2dNormActivation } from "../../ops/conv-norm-activation.js";
import type { NormLayer } from "../../ops/norm-layer.js";

/** One convolution of a stem that looks at images before they become patches (Xiao et al., 2021). */
export interface ConvStemConfig {
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  /** @default batch norm */
  readonly normLayer?: NormLayer | undefined;
  /** @default ReLU */
  readonly activationLayer?: (() => nn.TensorModule) | undefined;
}

/** Convolutions one after another, the last of which has `hiddenDim` channels. */
export function convStem(configs: readonly ConvStemConfig[], hiddenDim: number): nn.Sequential {
  let channels = 3;
  const layers: [string, nn.TensorModule][] = configs.map(({ outChannels, ...options }, i) => {
    const layer = new Conv2dNormActivation(channels, outChannels, options);
    channels = outChannels;
    return [`conv_bn_relu_${i}`, layer];
  });
  const last = new nn.Conv2d(channels, hiddenDim, 1);
  nn.init.normal(last.weight, 0, Math.sqrt(2 / hiddenDim));
  if (last.bias !== undefined) nn.init.zeros(last.bias);
  return new nn.Sequential(Object.fromEntries([...layers, ["conv_last", last]]));
}

/** A convolution whose windows are the patches. */
export function patches(patchSize: number, hiddenDim: number): nn.Conv2d {
  const layer = new nn.Conv2d(3, hiddenDim, patchSize, { stride: patchSize });
  nn.init.truncNormal(layer.weight, 0, Math.sqrt(1 / (3 * patchSize * patchSize)));
  if (layer.bias !== undefined) nn.init.zeros(layer.bias);
  return layer;
}
