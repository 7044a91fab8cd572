import type { ConvAttributes, FusedKernels } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { findKernel, runKernelUnrecorded } from "../tensor/engine-internals/kernels.js";
import { tf } from "../tensor/tf.js";
import { firstOf } from "./fused-kernel.js";
import { padSpace } from "./windows.js";

/*
 * tfjs' own two-dimensional kernels, where the current backend has them: much quicker than slices and matrix products.
 * They take NHWC, have no groups, and no gradient with dilation. Padding is done beforehand. Nothing here is recorded.
 */

type MaxPoolAttributes = FusedKernels["lit.MaxPool"]["attrs"];

export function hasNativeConv(kernelRank: number, { groups, dilation }: ConvAttributes): boolean {
  return (
    kernelRank === 4 &&
    groups === 1 &&
    dilation.every((step) => step === 1) &&
    findKernel("Conv2DBackpropFilter") !== undefined &&
    findKernel("Conv2D") !== undefined
  );
}

export function nativeConv(x: Tensor, weight: Tensor, { padding, stride }: ConvAttributes): Tensor {
  const attrs = { strides: [...stride], pad: "valid", dataFormat: "NHWC", dilations: [1, 1] };
  return toNchw(run("Conv2D", { x: toNhwc(padSpace(x, padding, 0)), filter: toHwio(weight) }, attrs));
}

export function nativeConvInputGrad(
  dy: Tensor,
  weight: Tensor,
  { padding, stride, inputShape }: ConvAttributes & { readonly inputShape: readonly number[] },
): Tensor {
  const [batch = 0, channels = 0] = inputShape;
  const attrs = {
    strides: [...stride],
    pad: "valid",
    dataFormat: "NHWC",
    inputShape: [batch, ...paddedSpace(inputShape, padding), channels],
  };
  return withoutPadding(
    toNchw(run("Conv2DBackpropInput", { dy: toNhwc(dy), filter: toHwio(weight) }, attrs)),
    inputShape,
    padding,
  );
}

export function nativeConvWeightGrad(
  x: Tensor,
  dy: Tensor,
  { padding, stride, weightShape }: ConvAttributes & { readonly weightShape: readonly number[] },
): Tensor {
  const [out = 0, input = 0, ...kernel] = weightShape;
  const attrs = { strides: [...stride], pad: "valid", dataFormat: "NHWC", filterShape: [...kernel, input, out] };
  return tf.transpose(
    run("Conv2DBackpropFilter", { x: toNhwc(padSpace(x, padding, 0)), dy: toNhwc(dy) }, attrs),
    [3, 2, 0, 1],
  );
}

export function hasNativeMaxPool(rank: number, { dilation }: MaxPoolAttributes): boolean {
  return (
    rank === 4 &&
    dilation.every((step) => step === 1) &&
    findKernel("MaxPool") !== undefined &&
    findKernel("MaxPoolGrad") !== undefined
  );
}

export function nativeMaxPool(x: Tensor, { kernelSize, stride, padding }: MaxPoolAttributes): Tensor {
  const attrs = { filterSize: [...kernelSize], strides: [...stride], pad: "valid" };
  return toNchw(run("MaxPool", { x: toNhwc(padSpace(x, padding, Number.NEGATIVE_INFINITY)) }, attrs));
}

export function nativeMaxPoolGrad(
  dy: Tensor,
  x: Tensor,
  y: Tensor,
  { kernelSize, stride, padding }: MaxPoolAttributes,
): Tensor {
  const attrs = { filterSize: [...kernelSize], strides: [...stride], pad: "valid" };
  const input = toNhwc(padSpace(x, padding, Number.NEGATIVE_INFINITY));
  return withoutPadding(
    toNchw(run("MaxPoolGrad", { dy: toNhwc(dy), input, output: toNhwc(y) }, attrs)),
    x.shape,
    padding,
  );
}

function run(name: string, inputs: Record<string, Tensor>, attrs: object): Tensor {
  return firstOf(runKernelUnrecorded(name, inputs, attrs));
}

function paddedSpace(shape: readonly number[], padding: ConvAttributes["padding"]): number[] {
  return shape.slice(2).map((length, axis) => length + (padding[axis]?.[0] ?? 0) + (padding[axis]?.[1] ?? 0));
}

function withoutPadding(padded: Tensor, shape: readonly number[], padding: ConvAttributes["padding"]): Tensor {
  if (padding.every(([before, after]) => before === 0 && after === 0)) return padded;
  return tf.slice(padded, [0, 0, ...padding.map(([before]) => before)], [...shape]);
}

function toNhwc(x: Tensor): Tensor {
  return tf.transpose(x, [0, 2, 3, 1]);
}

function toNchw(x: Tensor): Tensor {
  return tf.transpose(x, [0, 3, 1, 2]);
}

function toHwio(weight: Tensor): Tensor {
  return tf.transpose(weight, [2, 3, 1, 0]);
}
