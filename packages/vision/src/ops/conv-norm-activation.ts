import { nn } from "@lightning-ts/core";
import { createNorm, type NormLayer } from "./norm-layer.js";

export interface Conv2dNormActivationOptions {
  /** @default 3 */
  readonly kernelSize?: number | undefined;
  /** @default 1 */
  readonly stride?: number | undefined;
  /** @default what keeps the size: (kernelSize - 1) / 2 · dilation, rounded down */
  readonly padding?: number | undefined;
  /** @default 1 */
  readonly groups?: number | undefined;
  /** @default 1 */
  readonly dilation?: number | undefined;
  /** `null` for none. @default batch norm */
  readonly normLayer?: NormLayer | null | undefined;
  /** `null` for none. @default ReLU */
  readonly activationLayer?: (() => nn.TensorModule) | null | undefined;
  /** @default true where there is no normalization */
  readonly bias?: boolean | undefined;
}

/**
 * A convolution, its normalization and its activation.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { Conv2dNormActivation } from "@lightning-ts/vision";
 *
 * const block = new Conv2dNormActivation(3, 8, { stride: 2 });
 * console.log(block.forward(tf.zeros([2, 3, 32, 32])).shape); // [2, 8, 16, 16]
 * ```
 */
export class Conv2dNormActivation extends nn.Sequential {
  constructor(
    inChannels: number,
    readonly outChannels: number,
    options: Conv2dNormActivationOptions = {},
  ) {
    const { kernelSize = 3, stride = 1, groups = 1, dilation = 1 } = options;
    const { normLayer = (channels) => new nn.BatchNorm2d(channels), activationLayer = () => new nn.ReLU() } = options;
    const { padding = Math.floor((kernelSize - 1) / 2) * dilation, bias = normLayer === null } = options;
    super(
      new nn.Conv2d(inChannels, outChannels, kernelSize, { stride, padding, dilation, groups, bias }),
      ...(normLayer === null ? [] : [createNorm(normLayer, outChannels)]),
      ...(activationLayer === null ? [] : [activationLayer()]),
    );
  }
}
