import { MisconfigurationError, nn, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { createNorm } from "../../ops/norm-layer.js";
import { BLOCK_OPTIONS, conv3x3, type ResidualBlockOptions } from "./residual-block.js";

/**
 * Two convolutions 3 × 3 beside the input (He et al., 2015).
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BasicBlock } from "@lightning-ts/vision";
 *
 * console.log(new BasicBlock(8, 8).forward(tf.zeros([2, 8, 16, 16])).shape); // [2, 8, 16, 16]
 * ```
 */
export class BasicBlock extends nn.Module {
  static readonly expansion: number = 1;
  readonly conv1: nn.Conv2d;
  readonly bn1: nn.TensorModule;
  readonly relu = new nn.ReLU();
  readonly conv2: nn.Conv2d;
  readonly bn2: nn.TensorModule;
  readonly downsample: nn.TensorModule | undefined;
  readonly stride: number;

  constructor(inplanes: number, planes: number, options: ResidualBlockOptions = {}) {
    super();
    rejectUnknownOptions("BasicBlock", options, BLOCK_OPTIONS);
    const { normLayer = (channels: number) => new nn.BatchNorm2d(channels) } = options;
    checkPlain(options);
    this.stride = options.stride ?? 1;
    this.conv1 = conv3x3(inplanes, planes, { stride: this.stride });
    this.bn1 = createNorm(normLayer, planes);
    this.conv2 = conv3x3(planes, planes);
    this.bn2 = createNorm(normLayer, planes);
    this.downsample = options.downsample;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const inner = this.relu.forward(this.bn1.forward(this.conv1.forward(x)));
    const residual = this.bn2.forward(this.conv2.forward(inner));
    return this.relu.forward(tf.add(residual, this.downsample?.forward(x) ?? x));
  }
}

function checkPlain({ groups = 1, baseWidth = 64, dilation = 1 }: ResidualBlockOptions): void {
  if (groups === 1 && baseWidth === 64 && dilation === 1) return;
  throw new MisconfigurationError({
    message: "BasicBlock has neither groups, nor another width, nor dilation.",
    expected: "groups 1, width 64, dilation 1",
    received: `groups ${groups}, width ${baseWidth}, dilation ${dilation}`,
    tryThis: "Bottleneck, which resnet50 is made of.",
  });
}
