import { refuseMore } from "../../errors/refuse-more.js";
import type { ConvAttributes } from "@lightning-ts/backend-onnxruntime";
import type { Parameter } from "../../autograd/parameter.js";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import type { tf } from "../../tensor/tf.js";
import { uniformParameter } from "../default-parameters.js";
import {
  checkOutputPadding,
  convAttributes,
  convolve,
  convolveTransposed,
  type ConvOptions,
  type ConvTransposeOptions,
} from "../functional/convolution.js";
import { pad } from "../functional/pad.js";
import { inLayer } from "../in-layer.js";
import { Module } from "../module.js";
import { checkCount, toLengths, type Size } from "../size.js";
import { describeConvolution } from "./describe-convolution.js";

export interface ConvLayerOptions extends ConvOptions {
  /** @default true */
  readonly bias?: boolean | undefined;
  /** What the padding is: zeros, a mirror image, the nearest element, or the other end. @default "zeros" */
  readonly paddingMode?: PaddingMode | undefined;
}

export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

export interface ConvTransposeLayerOptions extends ConvTransposeOptions {
  /** @default true */
  readonly bias?: boolean | undefined;
  /** Transposed convolutions have zeros alone, in PyTorch too. @default "zeros" */
  readonly paddingMode?: "zeros" | undefined;
}

const KNOWN = ["stride", "padding", "dilation", "groups", "bias", "paddingMode"];
export const CONV_LAYER_OPTIONS: readonly string[] = KNOWN;
export const CONV_TRANSPOSE_LAYER_OPTIONS: readonly string[] = [...KNOWN, "outputPadding"];

/** What the convolution layers share. Initialised uniformly in ±1 / sqrt(fan in), as in PyTorch. */
export class Convolution extends Module {
  /** [outChannels, inChannels / groups, ...kernel] */
  weight: Parameter;
  /** [outChannels] */
  bias: Parameter | undefined;
  readonly kernelSize: readonly number[];
  readonly attributes: ConvAttributes;
  readonly paddingMode: PaddingMode;
  readonly #padding: NonNullable<ConvOptions["padding"]>;

  constructor(
    dimensions: number,
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: Size,
    options: ConvLayerOptions,
  ) {
    super();
    checkOptions(`nn.Conv${dimensions}d`, options, CONV_LAYER_OPTIONS);
    this.paddingMode = checkedPaddingMode(options.paddingMode ?? "zeros");
    checkChannels(inChannels, outChannels, options.groups ?? 1);
    const kernel = toLengths(kernelSize, dimensions, "kernelSize");
    this.kernelSize = kernel;
    this.#padding = options.padding ?? 0;
    this.attributes = convAttributes(kernel, options, dimensions);
    const shape = [outChannels, inChannels / this.attributes.groups, ...kernel];
    const bound = 1 / Math.sqrt(shape.slice(1).reduce((product, length) => product * length, 1));
    this.weight = uniformParameter(shape, bound);
    this.bias = options.bias === false ? undefined : uniformParameter([outChannels], bound);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => {
      const { weight, bias, attributes, paddingMode } = this;
      if (paddingMode === "zeros") return convolve(x, weight, bias, attributes);
      const padded = pad(x, attributes.padding.toReversed().flat(), { mode: paddingMode });
      return convolve(padded, weight, bias, { ...attributes, padding: attributes.padding.map(() => [0, 0]) });
    });
  }

  override extraRepr(): string {
    return describeConvolution(this, {
      padding: typeof this.#padding === "string" ? this.#padding : this.attributes.padding.map(([before]) => before),
      paddingMode: this.paddingMode,
    });
  }
}

/**
 * Convolution of sequences: x [N, inChannels, L], or without N -> [N, outChannels, L'].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.Conv1d(2, 8, 3, { padding: "same" });
 * console.log(layer.forward(tf.zeros([4, 2, 16])).shape); // [4, 8, 16]
 * ```
 */
export class Conv1d extends Convolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    options: ConvLayerOptions = {},
    ...more: readonly never[]
  ) {
    super(1, inChannels, outChannels, kernelSize, options);
    refuseMore("nn.Conv1d", more);
  }
}

/**
 * Convolution of images: x [N, inChannels, H, W], or without N -> [N, outChannels, H', W'].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.Conv2d(3, 8, 3, { stride: 2, padding: 1 });
 * console.log(layer.forward(tf.zeros([4, 3, 32, 32])).shape); // [4, 8, 16, 16]
 * ```
 */
export class Conv2d extends Convolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    options: ConvLayerOptions = {},
    ...more: readonly never[]
  ) {
    super(2, inChannels, outChannels, kernelSize, options);
    refuseMore("nn.Conv2d", more);
  }
}

/**
 * Convolution of volumes: x [N, inChannels, D, H, W], or without N -> [N, outChannels, D', H', W'].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.Conv3d(1, 4, 3);
 * console.log(layer.forward(tf.zeros([2, 1, 8, 8, 8])).shape); // [2, 4, 6, 6, 6]
 * ```
 */
export class Conv3d extends Convolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    options: ConvLayerOptions = {},
    ...more: readonly never[]
  ) {
    super(3, inChannels, outChannels, kernelSize, options);
    refuseMore("nn.Conv3d", more);
  }
}

/** What the transposed convolutions share: the transpose of a convolution in its input. */
export class TransposedConvolution extends Module {
  /** [inChannels, outChannels / groups, ...kernel] */
  weight: Parameter;
  bias: Parameter | undefined;
  readonly kernelSize: readonly number[];
  readonly attributes: ConvAttributes;
  readonly outputPadding: readonly number[];

  constructor(
    dimensions: number,
    readonly inChannels: number,
    readonly outChannels: number,
    kernelSize: Size,
    options: ConvTransposeLayerOptions,
  ) {
    super();
    checkOptions(`nn.ConvTranspose${dimensions}d`, options, CONV_TRANSPOSE_LAYER_OPTIONS);
    const { outputPadding = 0, bias, paddingMode = "zeros", ...rest } = options;
    refuseOtherPadding(paddingMode);
    checkChannels(inChannels, outChannels, options.groups ?? 1);
    const kernel = toLengths(kernelSize, dimensions, "kernelSize");
    this.kernelSize = kernel;
    this.attributes = convAttributes(kernel, rest, dimensions);
    this.outputPadding = checkOutputPadding(toLengths(outputPadding, dimensions, "outputPadding", 0), this.attributes);
    const shape = [inChannels, outChannels / this.attributes.groups, ...kernel];
    const bound = 1 / Math.sqrt(shape.slice(1).reduce((product, length) => product * length, 1));
    this.weight = uniformParameter(shape, bound);
    this.bias = bias === false ? undefined : uniformParameter([outChannels], bound);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return inLayer(this, x, () => convolveTransposed(x, this.weight, this.bias, this.attributes, this.outputPadding));
  }

  override extraRepr(): string {
    return describeConvolution(this, {
      padding: this.attributes.padding.map(([before]) => before),
      outputPadding: this.outputPadding,
    });
  }
}

/**
 * Transposed convolution of sequences: x [N, inChannels, L], or without N -> [N, outChannels, L'].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.ConvTranspose1d(8, 2, 4, { stride: 2, padding: 1 });
 * console.log(layer.forward(tf.zeros([4, 8, 16])).shape); // [4, 2, 32]
 * ```
 */
export class ConvTranspose1d extends TransposedConvolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    options: ConvTransposeLayerOptions = {},
    ...more: readonly never[]
  ) {
    super(1, inChannels, outChannels, kernelSize, options);
    refuseMore("nn.ConvTranspose1d", more);
  }
}

/**
 * Transposed convolution of images: x [N, inChannels, H, W], or without N -> [N, outChannels, H', W'].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.ConvTranspose2d(8, 3, 4, { stride: 2, padding: 1 });
 * console.log(layer.forward(tf.zeros([4, 8, 16, 16])).shape); // [4, 3, 32, 32]
 * ```
 */
export class ConvTranspose2d extends TransposedConvolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    options: ConvTransposeLayerOptions = {},
    ...more: readonly never[]
  ) {
    super(2, inChannels, outChannels, kernelSize, options);
    refuseMore("nn.ConvTranspose2d", more);
  }
}

/**
 * Transposed convolution of volumes: x [N, inChannels, D, H, W], or without N -> [N, outChannels, D', H', W'].
 * @example
 * ```ts
 * import { nn, tf } from "@lightning-ts/core";
 *
 * const layer = new nn.ConvTranspose3d(4, 1, 2, { stride: 2 });
 * console.log(layer.forward(tf.zeros([2, 4, 3, 3, 3])).shape); // [2, 1, 6, 6, 6]
 * ```
 */
export class ConvTranspose3d extends TransposedConvolution {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    options: ConvTransposeLayerOptions = {},
    ...more: readonly never[]
  ) {
    super(3, inChannels, outChannels, kernelSize, options);
    refuseMore("nn.ConvTranspose3d", more);
  }
}

function refuseOtherPadding(paddingMode: "zeros"): void {
  if (paddingMode === "zeros") return;
  throw new MisconfigurationError({
    message: "A transposed convolution has no such paddingMode.",
    expected: '"zeros"',
    received: JSON.stringify(paddingMode),
  });
}

function checkedPaddingMode(mode: PaddingMode): PaddingMode {
  if (["zeros", "reflect", "replicate", "circular"].includes(mode)) return mode;
  throw new MisconfigurationError({
    message: "A convolution has no such paddingMode.",
    expected: '"zeros", "reflect", "replicate" or "circular"',
    received: JSON.stringify(mode),
  });
}

function checkChannels(inChannels: number, outChannels: number, groups: number): void {
  checkCount(inChannels, "inChannels");
  checkCount(outChannels, "outChannels");
  checkCount(groups, "groups");
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new MisconfigurationError({
    message: "Channels cannot be split into these groups.",
    expected: "inChannels and outChannels divisible by groups",
    received: `${inChannels} and ${outChannels} channels, ${groups} groups`,
  });
}
