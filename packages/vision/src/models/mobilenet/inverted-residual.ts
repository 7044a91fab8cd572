import { MisconfigurationError, nn, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { Conv2dNormActivation } from "../../ops/conv-norm-activation.js";
import { createNorm, type NormLayer } from "../../ops/norm-layer.js";
import { roundHalfToEven } from "./channels.js";

export interface InvertedResidualOptions {
  /** How many times the inputs the channels between are. */
  readonly expandRatio: number;
  /** @default batch norm */
  readonly normLayer?: NormLayer | undefined;
}

/**
 * A convolution of each channel alone, between two of 1 × 1 that make it wide and narrow again (Sandler et al., 2018).
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { InvertedResidual } from "@lightning-ts/vision";
 *
 * const block = new InvertedResidual(8, 16, 2, { expandRatio: 6 });
 * console.log(block.forward(tf.zeros([2, 8, 16, 16])).shape); // [2, 16, 8, 8]
 * ```
 */
export class InvertedResidual extends nn.Module {
  readonly conv: nn.Sequential;
  /** Whether the input is added, which has the output's size then. */
  readonly usesResidual: boolean;

  constructor(
    inChannels: number,
    readonly outChannels: number,
    readonly stride: number,
    options: InvertedResidualOptions,
  ) {
    super();
    rejectUnknownOptions("InvertedResidual", options, ["expandRatio", "normLayer"]);
    if (stride !== 1 && stride !== 2)
      throw new MisconfigurationError({
        message: "InvertedResidual keeps the size or halves it.",
        expected: "a stride of 1 or 2",
        received: String(stride),
      });
    const { expandRatio, normLayer = (channels: number) => new nn.BatchNorm2d(channels) } = options;
    const width = roundHalfToEven(inChannels * expandRatio);
    const shared = { normLayer, activationLayer: () => new nn.ReLU6() };
    this.usesResidual = stride === 1 && inChannels === outChannels;
    this.conv = new nn.Sequential(
      ...(expandRatio === 1 ? [] : [new Conv2dNormActivation(inChannels, width, { ...shared, kernelSize: 1 })]),
      new Conv2dNormActivation(width, width, { ...shared, stride, groups: width }),
      new nn.Conv2d(width, outChannels, 1, { bias: false }),
      createNorm(normLayer, outChannels),
    );
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const y = this.conv.forward(x);
    return this.usesResidual ? tf.add(x, y) : y;
  }
}
