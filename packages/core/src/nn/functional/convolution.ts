import { requireTensors } from "../require-tensors.js";
import { refuseMore } from "../../errors/refuse-more.js";
import type { ConvAttributes } from "@lightning-ts/backend-onnxruntime";
import { MisconfigurationError } from "../../errors/misconfiguration-error.js";
import { checkOptions } from "../check-options.js";
import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { conv, inputGrad } from "../../kernels/conv.js";
import { outputLengths } from "../../kernels/conv-shapes.js";
import { runFusedSingle } from "../../kernels/run-fused.js";
import { tf } from "../../tensor/tf.js";
import { toLengths, type Size } from "../size.js";
import { checkFloats } from "./check-dtype.js";
import { withBatch } from "./with-batch.js";

export interface ConvOptions {
  /** @default 1 */
  readonly stride?: Size | undefined;
  /** Zeros around the input; "same" keeps its size (stride 1 only). @default 0 */
  readonly padding?: Size | "same" | "valid" | undefined;
  /** @default 1 */
  readonly dilation?: Size | undefined;
  /** Channels are split into this many groups that do not see each other. @default 1 */
  readonly groups?: number | undefined;
}

export interface ConvTransposeOptions extends Omit<ConvOptions, "padding"> {
  /** Rows and columns taken away from each side of the result. @default 0 */
  readonly padding?: Size | undefined;
  /** Rows and columns added at the end of the result, where several input sizes give the same. @default 0 */
  readonly outputPadding?: Size | undefined;
}

const CONV_OPTIONS = ["stride", "padding", "dilation", "groups"];

/**
 * 1-D convolution. x [N, Ci, L] or [Ci, L], weight [Co, Ci / groups, k], bias [Co] -> [N, Co, L']. @throws ShapeError
 */
export function conv1d(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  options: ConvOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("conv1d", { x, weight }, { bias });
  checkOptions("conv1d", options, CONV_OPTIONS);
  refuseMore("conv1d", more);
  return convolve(x, weight, bias, convAttributes(weight.shape.slice(2), options, 1));
}

/**
 * 2-D convolution. x [N, Ci, H, W] or [Ci, H, W], weight [Co, Ci / groups, kh, kw], bias [Co] -> [N, Co, H', W'].
 * @throws ShapeError
 */
export function conv2d(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  options: ConvOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("conv2d", { x, weight }, { bias });
  checkOptions("conv2d", options, CONV_OPTIONS);
  refuseMore("conv2d", more);
  return convolve(x, weight, bias, convAttributes(weight.shape.slice(2), options, 2));
}

/**
 * 3-D convolution. x [N, Ci, D, H, W] or [Ci, D, H, W], weight [Co, Ci / groups, kd, kh, kw], bias [Co]. @throws
 * ShapeError
 */
export function conv3d(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  options: ConvOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("conv3d", { x, weight }, { bias });
  checkOptions("conv3d", options, CONV_OPTIONS);
  refuseMore("conv3d", more);
  return convolve(x, weight, bias, convAttributes(weight.shape.slice(2), options, 3));
}

/** 1-D transposed convolution. x [N, Ci, L] or [Ci, L], weight [Ci, Co / groups, k], bias [Co]. @throws ShapeError */
export function convTranspose1d(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  options: ConvTransposeOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("convTranspose1d", { x, weight }, { bias });
  refuseMore("convTranspose1d", more);
  return convTransposeNd(x, weight, bias, options, 1);
}

/**
 * 2-D transposed convolution. x [N, Ci, H, W] or [Ci, H, W], weight [Ci, Co / groups, kh, kw], bias [Co]. @throws
 * ShapeError
 */
export function convTranspose2d(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  options: ConvTransposeOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("convTranspose2d", { x, weight }, { bias });
  refuseMore("convTranspose2d", more);
  return convTransposeNd(x, weight, bias, options, 2);
}

/**
 * 3-D transposed convolution. x [N, Ci, D, H, W] or [Ci, D, H, W], weight [Ci, Co / groups, kd, kh, kw], bias [Co].
 * @throws ShapeError
 */
export function convTranspose3d(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
  options: ConvTransposeOptions = {},
  ...more: readonly never[]
): tf.Tensor {
  requireTensors("convTranspose3d", { x, weight }, { bias });
  refuseMore("convTranspose3d", more);
  return convTransposeNd(x, weight, bias, options, 3);
}

function convTransposeNd(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | undefined,
  options: ConvTransposeOptions,
  dimensions: number,
): tf.Tensor {
  checkOptions(`convTranspose${dimensions}d`, options, [...CONV_OPTIONS, "outputPadding"]);
  const { outputPadding = 0, ...rest } = options;
  const attrs = convAttributes(weight.shape.slice(2), rest, dimensions);
  const added = checkOutputPadding(toLengths(outputPadding, dimensions, "outputPadding", 0), attrs);
  return convolveTransposed(x, weight, bias, attrs, added);
}

/** The attributes of a convolution, checked and written out. @throws MisconfigurationError */
export function convAttributes(kernel: readonly number[], options: ConvOptions, dimensions: number): ConvAttributes {
  const stride = toLengths(options.stride ?? 1, dimensions, "stride");
  const dilation = toLengths(options.dilation ?? 1, dimensions, "dilation");
  const groups = options.groups ?? 1;
  return { stride, dilation, groups, padding: paddingPairs(kernel, options.padding ?? 0, stride, dilation) };
}

function paddingPairs(
  kernel: readonly number[],
  padding: Size | "same" | "valid",
  stride: readonly number[],
  dilation: readonly number[],
): [number, number][] {
  if (padding === "valid") return kernel.map(() => [0, 0]);
  if (padding !== "same") return toLengths(padding, kernel.length, "padding", 0).map((length) => [length, length]);
  if (stride.some((step) => step !== 1))
    throw new MisconfigurationError({
      message: 'padding "same" needs stride 1.',
      received: `stride ${JSON.stringify(stride)}`,
    });
  return kernel.map((length, axis) => {
    const total = (dilation[axis] ?? 1) * (length - 1);
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  });
}

/** @throws MisconfigurationError where it reaches beyond the sizes that one input can give */
export function checkOutputPadding(
  outputPadding: readonly number[],
  { stride, dilation }: ConvAttributes,
): readonly number[] {
  if (outputPadding.every((added, axis) => added < Math.max(stride[axis] ?? 1, dilation[axis] ?? 1)))
    return outputPadding;
  throw new MisconfigurationError({
    message: "A transposed convolution cannot have this outputPadding.",
    expected: "outputPadding below the stride or the dilation",
    received: `outputPadding ${JSON.stringify(outputPadding)} with stride ${JSON.stringify(stride)} and dilation ${JSON.stringify(dilation)}`,
  });
}

/** A convolution with prepared attributes, of a batch or of one example. */
export function convolve(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | undefined,
  attrs: ConvAttributes,
): tf.Tensor {
  return withBatch(x, weight.rank, (batch) => convolveBatch(batch, weight, bias, attrs));
}

function convolveBatch(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | undefined, attrs: ConvAttributes): tf.Tensor {
  const channels = (weight.shape[1] ?? 0) * attrs.groups;
  if (x.rank !== weight.rank || x.shape[1] !== channels) throw wrongInput(x, weight, channels);
  checkFloats("conv", { input: x, weight, bias });
  const lengths = outputLengths(x.shape.slice(2), weight.shape.slice(2), attrs);
  if (lengths.some((length) => length < 1)) {
    throw new ShapeError({
      message: "conv: the kernel is larger than the padded input.",
      expected: `an input with space for a kernel ${formatShape(weight.shape.slice(2))}`,
      received: formatShape(x.shape),
      shapes: [x.shape, weight.shape],
      tryThis: "use more padding, a smaller kernel or a larger image.",
    });
  }
  return runFusedSingle(conv, bias === undefined ? { x, weight } : { x, weight, bias }, attrs);
}

/** A transposed convolution with prepared attributes, of a batch or of one example. */
export function convolveTransposed(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | undefined,
  attrs: ConvAttributes,
  outputPadding: readonly number[],
): tf.Tensor {
  return withBatch(x, weight.rank, (batch) => convolveBatchTransposed(batch, weight, bias, attrs, outputPadding));
}

function convolveBatchTransposed(
  x: tf.Tensor,
  weight: tf.Tensor,
  bias: tf.Tensor | undefined,
  attrs: ConvAttributes,
  outputPadding: readonly number[],
): tf.Tensor {
  if (x.rank !== weight.rank || x.shape[1] !== weight.shape[0]) throw wrongInput(x, weight, weight.shape[0] ?? 0);
  checkFloats("convTranspose", { input: x, weight, bias });
  const space = x.shape.slice(2).map((length, axis) => {
    const [before, after] = attrs.padding[axis] ?? [0, 0];
    return (
      (length - 1) * (attrs.stride[axis] ?? 1) -
      before -
      after +
      (attrs.dilation[axis] ?? 1) * ((weight.shape[axis + 2] ?? 1) - 1) +
      (outputPadding[axis] ?? 0) +
      1
    );
  });
  if (space.some((length) => length < 1)) {
    throw new ShapeError({
      message: "convTranspose: nothing would be left of the result.",
      expected: "a result of at least 1 in each dimension",
      received: formatShape(space),
      shapes: [space],
      tryThis: "use less padding, or more outputPadding.",
    });
  }
  const y = inputGrad(x, weight, [x.shape[0] ?? 0, (weight.shape[1] ?? 0) * attrs.groups, ...space], attrs);
  return bias === undefined ? y : tf.add(y, tf.reshape(bias, [-1, ...space.map(() => 1)]));
}

function wrongInput(x: tf.Tensor, weight: tf.Tensor, channels: number): ShapeError {
  return new ShapeError({
    message: "conv: the input does not fit the weight.",
    expected: `[batch, ${channels} channels${", length".repeat(weight.rank - 2)}] for a weight of shape ${formatShape(weight.shape)}`,
    received: formatShape(x.shape),
    shapes: [x.shape, weight.shape],
    tryThis:
      "images are [batch, channels, height, width] here; tf.transpose(x, [0, 3, 1, 2]) turns tfjs' layout into it.",
  });
}
