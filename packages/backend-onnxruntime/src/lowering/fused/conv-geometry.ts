import type { ConvAttributes } from "../../contract/fused-kernels.js";
import { type Attributes, numberAttribute, numbersAttribute, pairsAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { elementCount } from "../../graph/value-spec.js";
import { range } from "./emit.js";

/** Everything about the shapes of one convolution, in any number of spatial dimensions. */
export interface ConvGeometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before and after every spatial dimension. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly inSpatial: readonly number[];
  readonly outSpatial: readonly number[];
}

/** Reads a call's shapes. @throws FusedKernelError for a weight that does not fit the input */
export function convGeometry(
  kernel: string,
  inputShape: readonly number[],
  weightShape: readonly number[],
  attrs: Attributes<ConvAttributes>,
): ConvGeometry {
  const [batch = 0, inChannels = 0, ...inSpatial] = inputShape;
  const [outChannels = 0, channelsPerGroup = 0, ...kernelSize] = weightShape;
  const stride = numbersAttribute(attrs, "stride");
  const dilation = numbersAttribute(attrs, "dilation");
  const padding = pairsAttribute(attrs, "padding");
  const groups = numberAttribute(attrs, "groups");
  const before = padding.map((pair) => pair[0] ?? 0);
  const after = padding.map((pair) => pair[1] ?? 0);
  const rank = inSpatial.length;
  if (
    [kernelSize, stride, dilation, padding].some(({ length }) => length !== rank) ||
    channelsPerGroup * groups !== inChannels ||
    outChannels % groups !== 0
  ) {
    throw new FusedKernelError(
      `${kernel}'s input does not fit its weight. Expected [N, C, ...] and [out, C / ${groups}, ...] with as many spatial dimensions, strides, paddings and dilations. Received [${inputShape.join(", ")}] and [${weightShape.join(", ")}].`,
    );
  }
  const outSpatial = range(0, rank).map((axis) => {
    const padded = (inSpatial[axis] ?? 0) + (before[axis] ?? 0) + (after[axis] ?? 0);
    return Math.floor((padded - extent(kernelSize[axis], dilation[axis])) / (stride[axis] ?? 1)) + 1;
  });
  if (outSpatial.some((size) => size < 0)) {
    throw new FusedKernelError(
      `${kernel}'s kernel is larger than its padded input. Received input [${inputShape.join(", ")}] and weight [${weightShape.join(", ")}]. Try more padding or a smaller kernel.`,
    );
  }
  return {
    batch,
    inChannels,
    outChannels,
    groups,
    kernel: kernelSize,
    stride,
    dilation,
    before,
    after,
    inSpatial,
    outSpatial,
  };
}

/** How many elements a dilated kernel spans. */
export function extent(size = 1, dilation = 1): number {
  return (size - 1) * dilation + 1;
}

/** A convolution in one dimension as one in two, of images of one row. */
export function asImage(geometry: ConvGeometry): ConvGeometry {
  return {
    ...geometry,
    kernel: [1, ...geometry.kernel],
    stride: [1, ...geometry.stride],
    dilation: [1, ...geometry.dilation],
    before: [0, ...geometry.before],
    after: [0, ...geometry.after],
    inSpatial: [1, ...geometry.inSpatial],
    outSpatial: [1, ...geometry.outSpatial],
  };
}

/** Whether every channel has a kernel of its own, which gives one channel. */
export function isDepthwise({ groups, inChannels, outChannels }: ConvGeometry): boolean {
  return groups > 1 && groups === inChannels && groups === outChannels;
}

export function outputShape(geometry: ConvGeometry): number[] {
  return [geometry.batch, geometry.outChannels, ...geometry.outSpatial];
}

/** The attributes of ONNX's Conv and ConvTranspose. */
export function onnxConvAttributes(geometry: ConvGeometry): {
  kernel_shape: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  pads: readonly number[];
  group: number;
} {
  const { kernel, stride, dilation, before, after, groups } = geometry;
  return { kernel_shape: kernel, strides: stride, dilations: dilation, pads: [...before, ...after], group: groups };
}

/**
 * Input elements at the far end of every dimension that no window reaches; 0 <= leftover < stride unless the padding is
 * odd.
 */
export function leftover(geometry: ConvGeometry): number[] {
  return geometry.inSpatial.map((size, axis) => {
    const reached =
      ((geometry.outSpatial[axis] ?? 0) - 1) * (geometry.stride[axis] ?? 1) +
      extent(geometry.kernel[axis], geometry.dilation[axis]);
    return size + (geometry.before[axis] ?? 0) + (geometry.after[axis] ?? 0) - reached;
  });
}

/** Every position of a kernel, the last dimension fastest. */
export function kernelOffsets(kernel: readonly number[]): number[][] {
  return range(0, elementCount(kernel)).map((index) => {
    let rest = index;
    return kernel
      .toReversed()
      .map((size) => {
        const offset = rest % size;
        rest = Math.floor(rest / size);
        return offset;
      })
      .toReversed();
  });
}

/** The attributes of a convolution, as they are recorded. */
export function convStructure(attrs: Attributes<ConvAttributes>): {
  stride: readonly number[];
  padding: readonly (readonly number[])[];
  dilation: readonly number[];
  groups: number;
} {
  return {
    stride: numbersAttribute(attrs, "stride"),
    padding: pairsAttribute(attrs, "padding"),
    dilation: numbersAttribute(attrs, "dilation"),
    groups: numberAttribute(attrs, "groups"),
  } satisfies Record<keyof ConvAttributes, unknown>;
}
