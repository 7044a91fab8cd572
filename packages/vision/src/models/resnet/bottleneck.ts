import { nn, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { createNorm } from "../../ops/norm-layer.js";
import { BLOCK_OPTIONS, conv1x1, conv3x3, type ResidualBlockOptions } from "./residual-block.js";

/**
 * A convolution 3 × 3 between two of 1 × 1 that make it narrow, beside the input (He et al., 2015). The stride is the
 * middle one's, as in torchvision.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { Bottleneck } from "@lightning-ts/vision";
 *
 * console.log(new Bottleneck(32, 8).forward(tf.zeros([2, 32, 16, 16])).shape); // [2, 32, 16, 16]
 * ```
 */
export class Bottleneck extends nn.Module {
  static readonly expansion: number = 4;
  readonly conv1: nn.Conv2d;
  readonly bn1: nn.TensorModule;
  readonly conv2: nn.Conv2d;
  readonly bn2: nn.TensorModule;
  readonly conv3: nn.Conv2d;
  readonly bn3: nn.TensorModule;
  readonly relu = new nn.ReLU();
  readonly downsample: nn.TensorModule | undefined;
  readonly stride: number;

  constructor(inplanes: number, planes: number, options: ResidualBlockOptions = {}) {
    super();
    rejectUnknownOptions("Bottleneck", options, BLOCK_OPTIONS);
    const { normLayer = (channels: number) => new nn.BatchNorm2d(channels) } = options;
    const { groups = 1, baseWidth = 64, dilation = 1, stride = 1 } = options;
    const width = Math.floor(planes * (baseWidth / 64)) * groups;
    const outplanes = planes * Bottleneck.expansion;
    this.stride = stride;
    this.conv1 = conv1x1(inplanes, width);
    this.bn1 = createNorm(normLayer, width);
    this.conv2 = conv3x3(width, width, { stride, groups, dilation });
    this.bn2 = createNorm(normLayer, width);
    this.conv3 = conv1x1(width, outplanes);
    this.bn3 = createNorm(normLayer, outplanes);
    this.downsample = options.downsample;
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const narrow = this.relu.forward(this.bn1.forward(this.conv1.forward(x)));
    const middle = this.relu.forward(this.bn2.forward(this.conv2.forward(narrow)));
    const residual = this.bn3.forward(this.conv3.forward(middle));
    return this.relu.forward(tf.add(residual, this.downsample?.forward(x) ?? x));
  }
}
