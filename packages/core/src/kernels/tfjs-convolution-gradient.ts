import type { ConvAttributes } from "@lightning-ts/backend-onnxruntime";
import type { NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { inputGrad, weightGrad } from "./conv.js";

/** A convolution of tfjs' as one of ours: the same windows over channels that come first. */
interface ConvolutionOfTfjs {
  readonly attrs: ConvAttributes;
  readonly isChannelsLast: boolean;
  /** The filter is [...k, channels, times], with as many groups as channels; otherwise [...k, in, out]. */
  readonly isDepthwise: boolean;
}

interface GradientOfTfjs {
  readonly x: () => Tensor;
  readonly filter: () => Tensor;
}

/**
 * The gradients of tfjs' convolutions with any dilation, on every backend: tfjs' own refuse it.
 * @param x [N, ...space, C], or [N, C, ...space] for NCHW
 */
export function gradientsOfConvolution(
  dy: Tensor,
  x: Tensor,
  filter: Tensor,
  attrs: NamedAttrMap,
  isDepthwise: boolean,
): GradientOfTfjs {
  const convolution = describe(x, filter, attrs, isDepthwise);
  const first = (image: Tensor): Tensor => (convolution.isChannelsLast ? toChannelsFirst(image) : image);
  const last = (image: Tensor): Tensor => (convolution.isChannelsLast ? toChannelsLast(image) : image);
  const weight = toWeight(filter, isDepthwise);
  const image = first(x);
  return {
    x: () => last(inputGrad(first(dy), weight, image.shape, convolution.attrs)),
    filter: () => toFilter(weightGrad(image, first(dy), weight.shape, convolution.attrs), filter.shape, isDepthwise),
  };
}

function describe(x: Tensor, filter: Tensor, attrs: NamedAttrMap, isDepthwise: boolean): ConvolutionOfTfjs {
  const { dataFormat, strides, dilations = 1, pad, dimRoundingMode } = attrs;
  const isChannelsLast = dataFormat !== "NCHW" && dataFormat !== "NCDHW";
  const format = isChannelsLast ? "channelsLast" : "channelsFirst";
  // The attributes are what tfjs itself recorded of a convolution, but their type says nothing of each: they go back to
  // tfjs' own check as they are.
  const windows =
    x.rank === 5
      ? windows3D(
          Reflect.apply(tf.backend_util.computeConv3DInfo, undefined, [
            x.shape,
            filter.shape,
            strides,
            dilations,
            pad,
            format,
          ]),
        )
      : windows2D(
          Reflect.apply(tf.backend_util.computeConv2DInfo, undefined, [
            x.shape,
            filter.shape,
            strides,
            dilations,
            pad,
            dimRoundingMode,
            isDepthwise,
            format,
          ]),
        );
  const groups = isDepthwise ? (x.shape[isChannelsLast ? x.rank - 1 : 1] ?? 1) : 1;
  return { attrs: { ...windows, groups }, isChannelsLast, isDepthwise };
}

type Windows = Omit<ConvAttributes, "groups">;

function windows2D(info: tf.backend_util.Conv2DInfo): Windows {
  const { top, bottom, left, right } = info.padInfo;
  return {
    stride: [info.strideHeight, info.strideWidth],
    dilation: [info.dilationHeight, info.dilationWidth],
    padding: [
      [top, bottom],
      [left, right],
    ],
  };
}

function windows3D(info: tf.backend_util.Conv3DInfo): Windows {
  const { front, back, top, bottom, left, right } = info.padInfo;
  return {
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilation: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    padding: [
      [front, back],
      [top, bottom],
      [left, right],
    ],
  };
}

function toChannelsFirst(image: Tensor): Tensor {
  return tf.transpose(image, [0, image.rank - 1, ...spaceFrom(1, image.rank - 2)]);
}

function toChannelsLast(image: Tensor): Tensor {
  return tf.transpose(image, [0, ...spaceFrom(2, image.rank - 2), 1]);
}

function toWeight(filter: Tensor, isDepthwise: boolean): Tensor {
  const space = spaceFrom(0, filter.rank - 2);
  if (!isDepthwise) return tf.transpose(filter, [filter.rank - 1, filter.rank - 2, ...space]);
  const byChannel = tf.transpose(filter, [filter.rank - 2, filter.rank - 1, ...space]);
  const [channels = 1, times = 1, ...kernel] = byChannel.shape;
  return tf.reshape(byChannel, [channels * times, 1, ...kernel]);
}

function toFilter(weight: Tensor, filterShape: readonly number[], isDepthwise: boolean): Tensor {
  const space = spaceFrom(2, weight.rank - 2);
  if (!isDepthwise) return tf.transpose(weight, [...space, 1, 0]);
  const [channels = 1, times = 1] = filterShape.slice(-2);
  return tf.transpose(tf.reshape(weight, [channels, times, ...weight.shape.slice(2)]), [...space, 0, 1]);
}

function spaceFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
