import { MisconfigurationError, nn, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { createNorm, type NormLayer } from "../../ops/norm-layer.js";
import { initialiseConvolutions, initialiseNorms } from "../initialise.js";
import { BasicBlock } from "./basic-block.js";
import { Bottleneck } from "./bottleneck.js";
import { conv1x1, type ResidualBlock } from "./residual-block.js";

export interface ResNetOptions {
  /** @default 1000 */
  readonly numClasses?: number | undefined;
  /** Whether every block starts as the identity: its last normalization begins with zeros. @default false */
  readonly zeroInitResidual?: boolean | undefined;
  /** Groups of the 3 × 3 convolutions, in models of `Bottleneck`. @default 1 */
  readonly groups?: number | undefined;
  /** Width of each group in the first layer, in models of `Bottleneck`. @default 64 */
  readonly widthPerGroup?: number | undefined;
  /** Whether layers 2, 3 and 4 keep the size and dilate instead. @default [false, false, false] */
  readonly replaceStrideWithDilation?: readonly [boolean, boolean, boolean] | undefined;
  /** @default batch norm */
  readonly normLayer?: NormLayer | undefined;
}

const OPTIONS = [
  ...["numClasses", "zeroInitResidual", "groups", "widthPerGroup"],
  ...["replaceStrideWithDilation", "normLayer"],
];

/** What the blocks of one layer are like. */
interface LayerPlan {
  readonly planes: number;
  readonly blocks: number;
  readonly stride?: number;
  readonly isDilated?: boolean | undefined;
}

/**
 * Residual networks for images, x [N, 3, H, W] -> [N, numClasses] (He et al., 2015). Keys and shapes of the state dict
 * are torchvision's.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { BasicBlock, ResNet } from "@lightning-ts/vision";
 *
 * const model = new ResNet(BasicBlock, [1, 1, 1, 1], { numClasses: 10 }); // resnet10
 * console.log(model.forward(tf.zeros([2, 3, 32, 32])).shape); // [2, 10]
 * ```
 */
export class ResNet extends nn.Module {
  readonly conv1: nn.Conv2d;
  readonly bn1: nn.TensorModule;
  readonly relu = new nn.ReLU();
  readonly maxpool = new nn.MaxPool2d(3, { stride: 2, padding: 1 });
  readonly layer1: nn.Sequential;
  readonly layer2: nn.Sequential;
  readonly layer3: nn.Sequential;
  readonly layer4: nn.Sequential;
  readonly avgpool = new nn.AdaptiveAvgPool2d([1, 1]);
  readonly fc: nn.Linear;
  #inplanes = 64;
  #dilation = 1;

  /** @param layers how many blocks each of the four layers has */
  constructor(block: ResidualBlock, layers: readonly number[], options: ResNetOptions = {}) {
    super();
    rejectUnknownOptions("ResNet", options, OPTIONS);
    const { normLayer = (channels: number) => new nn.BatchNorm2d(channels), numClasses = 1000 } = options;
    const dilated = checkedDilations(options.replaceStrideWithDilation ?? [false, false, false]);
    const [first, second, third, fourth] = checkedLayers(layers);
    const shared = { ...options, normLayer };
    this.conv1 = new nn.Conv2d(3, this.#inplanes, 7, { stride: 2, padding: 3, bias: false });
    this.bn1 = createNorm(normLayer, this.#inplanes);
    this.layer1 = this.#layer(block, { planes: 64, blocks: first }, shared);
    this.layer2 = this.#layer(block, { planes: 128, blocks: second, stride: 2, isDilated: dilated[0] }, shared);
    this.layer3 = this.#layer(block, { planes: 256, blocks: third, stride: 2, isDilated: dilated[1] }, shared);
    this.layer4 = this.#layer(block, { planes: 512, blocks: fourth, stride: 2, isDilated: dilated[2] }, shared);
    this.fc = new nn.Linear(512 * block.expansion, numClasses);
    initialiseConvolutions(this);
    initialiseNorms(this);
    if (options.zeroInitResidual === true) startAsIdentity(this);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    const stem = this.maxpool.forward(this.relu.forward(this.bn1.forward(this.conv1.forward(x))));
    const features = [this.layer1, this.layer2, this.layer3, this.layer4].reduce(
      (value, layer) => layer.forward(value),
      stem,
    );
    const pooled = this.avgpool.forward(features);
    return this.fc.forward(tf.reshape(pooled, [pooled.shape[0] ?? 1, -1]));
  }

  #layer(
    block: ResidualBlock,
    { planes, blocks, stride: wanted = 1, isDilated = false }: LayerPlan,
    { groups, widthPerGroup: baseWidth, normLayer }: ResNetOptions & { readonly normLayer: NormLayer },
  ): nn.Sequential {
    const [before, outplanes] = [this.#dilation, planes * block.expansion];
    const stride = isDilated ? 1 : wanted;
    if (isDilated) this.#dilation *= wanted;
    const downsample =
      stride === 1 && this.#inplanes === outplanes
        ? undefined
        : new nn.Sequential(conv1x1(this.#inplanes, outplanes, stride), createNorm(normLayer, outplanes));
    const shared = { groups, baseWidth, normLayer };
    const first = new block(this.#inplanes, planes, { ...shared, stride, downsample, dilation: before });
    this.#inplanes = outplanes;
    const others = Array.from(
      { length: blocks - 1 },
      () => new block(outplanes, planes, { ...shared, dilation: this.#dilation }),
    );
    return new nn.Sequential(first, ...others);
  }
}

function startAsIdentity(model: ResNet): void {
  for (const module of model.modules()) {
    const norm = module instanceof Bottleneck ? module.bn3 : module instanceof BasicBlock ? module.bn2 : undefined;
    const weight = norm?.namedParameters().find(([name]) => name === "weight")?.[1];
    if (weight !== undefined) nn.init.zeros(weight);
  }
}

function checkedDilations(dilated: readonly boolean[]): readonly boolean[] {
  if (Array.isArray(dilated) && dilated.length === 3) return dilated;
  throw new MisconfigurationError({
    message: "ResNet: replaceStrideWithDilation speaks of layers 2, 3 and 4.",
    expected: "three booleans",
    received: JSON.stringify(dilated),
  });
}

function checkedLayers(layers: readonly number[]): [number, number, number, number] {
  const [first, second, third, fourth, ...more] = layers;
  const isCount = layers.every((count) => Number.isInteger(count) && count > 0);
  if (fourth !== undefined && third !== undefined && second !== undefined && first !== undefined)
    if (isCount && more.length === 0) return [first, second, third, fourth];
  throw new MisconfigurationError({
    message: "ResNet has four layers of blocks.",
    expected: "four positive integers",
    received: JSON.stringify(layers),
  });
}
