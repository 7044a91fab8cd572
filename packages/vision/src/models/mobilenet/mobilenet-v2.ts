import { F, MisconfigurationError, nn, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { Conv2dNormActivation } from "../../ops/conv-norm-activation.js";
import type { NormLayer } from "../../ops/norm-layer.js";
import { initialiseConvolutions, initialiseNorms } from "../initialise.js";
import { withoutWeights, type WeightsOption } from "../refuse-weights.js";
import { makeDivisible } from "./channels.js";
import { InvertedResidual, type InvertedResidualOptions } from "./inverted-residual.js";

/** How wide the blocks are inside, their channels, how many there are, and the stride of the first. */
export type InvertedResidualSetting = readonly [expandRatio: number, channels: number, blocks: number, stride: number];

/** A class of blocks: `InvertedResidual`, or one of your own. */
export type InvertedResidualBlock = new (
  inChannels: number,
  outChannels: number,
  stride: number,
  options: InvertedResidualOptions,
) => nn.TensorModule;

export interface MobileNetV2Options {
  /** @default 1000 */
  readonly numClasses?: number | undefined;
  /** How many times the usual ones the channels are. @default 1 */
  readonly widthMult?: number | undefined;
  /** @default the paper's seven rows */
  readonly invertedResidualSetting?: readonly InvertedResidualSetting[] | undefined;
  /** Channels are multiples of it. @default 8 */
  readonly roundNearest?: number | undefined;
  /** @default InvertedResidual */
  readonly block?: InvertedResidualBlock | undefined;
  /** @default batch norm */
  readonly normLayer?: NormLayer | undefined;
  /** Before the classes. @default 0.2 */
  readonly dropout?: number | undefined;
}

const OPTIONS = [
  ...["numClasses", "widthMult", "invertedResidualSetting", "roundNearest", "block", "normLayer", "dropout"],
];

/** The paper's second table. */
const SETTING: readonly InvertedResidualSetting[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/**
 * MobileNet of the second version, x [N, 3, H, W] -> [N, numClasses] (Sandler et al., 2018). Keys and shapes of the
 * state dict are torchvision's.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { MobileNetV2 } from "@lightning-ts/vision";
 *
 * const model = new MobileNetV2({ numClasses: 10, widthMult: 0.25 });
 * console.log(model.forward(tf.zeros([2, 3, 64, 64])).shape); // [2, 10]
 * ```
 */
export class MobileNetV2 extends nn.Module {
  readonly features: nn.Sequential;
  readonly classifier: nn.Sequential;
  readonly lastChannel: number;

  constructor(options: MobileNetV2Options = {}) {
    super();
    rejectUnknownOptions("MobileNetV2", options, OPTIONS);
    const { widthMult = 1, roundNearest = 8, numClasses = 1000, dropout = 0.2 } = options;
    const setting = checkedSetting(options.invertedResidualSetting ?? SETTING);
    const { normLayer = (channels: number) => new nn.BatchNorm2d(channels), block = InvertedResidual } = options;
    const shared = { normLayer, activationLayer: () => new nn.ReLU6() };
    const first = makeDivisible(32 * widthMult, roundNearest);
    this.lastChannel = makeDivisible(1280 * Math.max(1, widthMult), roundNearest);
    const features: nn.TensorModule[] = [new Conv2dNormActivation(3, first, { ...shared, stride: 2 })];
    let channels = first;
    for (const [expandRatio, usual, count, stride] of setting) {
      const outChannels = makeDivisible(usual * widthMult, roundNearest);
      for (let i = 0; i < count; i += 1) {
        features.push(new block(channels, outChannels, i === 0 ? stride : 1, { expandRatio, normLayer }));
        channels = outChannels;
      }
    }
    features.push(new Conv2dNormActivation(channels, this.lastChannel, { ...shared, kernelSize: 1 }));
    this.features = new nn.Sequential(...features);
    this.classifier = new nn.Sequential(new nn.Dropout(dropout), new nn.Linear(this.lastChannel, numClasses));
    initialise(this);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const pooled = F.adaptiveAvgPool2d(this.features.forward(x), 1);
    return this.classifier.forward(tf.reshape(pooled, [pooled.shape[0] ?? 1, -1]));
  }
}

/** MobileNet V2, with torchvision's state dict. */
export function mobilenetV2(options: MobileNetV2Options & WeightsOption = {}): MobileNetV2 {
  return new MobileNetV2(withoutWeights("mobilenetV2", options));
}

function initialise(model: MobileNetV2): void {
  initialiseConvolutions(model);
  initialiseNorms(model);
  for (const module of model.modules()) {
    if (!(module instanceof nn.Linear)) continue;
    nn.init.normal(module.weight, 0, 0.01);
    if (module.bias !== undefined) nn.init.zeros(module.bias);
  }
}

function checkedSetting(setting: readonly InvertedResidualSetting[]): readonly InvertedResidualSetting[] {
  if (setting.length > 0 && setting.every((row) => row.length === 4)) return setting;
  throw new MisconfigurationError({
    message: "MobileNetV2: invertedResidualSetting has no rows of four numbers.",
    expected: "[[expandRatio, channels, blocks, stride], …]",
    received: JSON.stringify(setting),
  });
}
