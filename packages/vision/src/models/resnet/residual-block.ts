import { nn } from "@lightning-ts/core";
import type { NormLayer } from "../../ops/norm-layer.js";

export interface ResidualBlockOptions {
  /** @default 1 */
  readonly stride?: number | undefined;
  /** Brings the input to the size of the output. @default none */
  readonly downsample?: nn.TensorModule | undefined;
  /** @default 1 */
  readonly groups?: number | undefined;
  /** @default 64 */
  readonly baseWidth?: number | undefined;
  /** @default 1 */
  readonly dilation?: number | undefined;
  /** @default batch norm */
  readonly normLayer?: NormLayer | undefined;
}

export const BLOCK_OPTIONS = ["stride", "downsample", "groups", "baseWidth", "dilation", "normLayer"];

/** A class of residual blocks: `BasicBlock`, `Bottleneck`, or one of your own. */
export interface ResidualBlock {
  /** How many times `planes` the channels of the output are. */
  readonly expansion: number;
  new (inplanes: number, planes: number, options?: ResidualBlockOptions): nn.TensorModule;
}

export function conv3x3(
  inplanes: number,
  planes: number,
  { stride = 1, groups = 1, dilation = 1 }: Pick<ResidualBlockOptions, "stride" | "groups" | "dilation"> = {},
): nn.Conv2d {
  return new nn.Conv2d(inplanes, planes, 3, { stride, groups, dilation, padding: dilation, bias: false });
}

export function conv1x1(inplanes: number, planes: number, stride = 1): nn.Conv2d {
  return new nn.Conv2d(inplanes, planes, 1, { stride, bias: false });
}
