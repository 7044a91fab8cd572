import { backend_util, type NamedAttrMap } from "@tensorflow/tfjs-core";
import {
  anyPad,
  fiveExtents,
  fourExtents,
  roundingMode,
  simplePad,
  threeNumbers,
  twoNumbers,
} from "./window-arguments.js";

/** The windows of a convolution or a pool, as `lit.Conv` and `lit.MaxPool` describe them. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  /**
   * Elements at the beginning of each dimension that no window sees: tfjs' negative padding, where a kernel is smaller
   * than its stride.
   */
  readonly crop: readonly number[];
  readonly dilation: readonly number[];
  readonly isChannelsLast: boolean;
  readonly outShape: number[];
  /** tfjs gives fewer windows than fit (it takes one stride for both dimensions): no lowering. */
  readonly isIrregular: boolean;
}

type Info2D = backend_util.Conv2DInfo;
type Info3D = backend_util.Conv3DInfo;

/** Windows of a two-dimensional convolution over an input of `shape`. */
export function convWindows2D(
  shape: readonly number[],
  filterShape: readonly number[],
  attrs: NamedAttrMap | undefined,
  isDepthwise = false,
): Windows {
  const isChannelsFirst = attrs?.["dataFormat"] === "NCHW";
  const info = backend_util.computeConv2DInfo(
    fourExtents(shape),
    fourExtents(filterShape),
    twoNumbers(attrs, "strides"),
    twoNumbers(attrs, "dilations"),
    anyPad(attrs),
    roundingMode(attrs),
    isDepthwise,
    isChannelsFirst ? "channelsFirst" : "channelsLast",
  );
  return windows2D(info, info.dilationHeight, info.dilationWidth);
}

/** Windows of a two-dimensional pool. */
export function poolWindows2D(shape: readonly number[], attrs: NamedAttrMap | undefined): Windows {
  const info = backend_util.computePool2DInfo(
    fourExtents(shape),
    twoNumbers(attrs, "filterSize"),
    twoNumbers(attrs, "strides"),
    1,
    anyPad(attrs),
    roundingMode(attrs),
  );
  return windows2D(info, 1, 1);
}

export function convWindows3D(
  shape: readonly number[],
  filterShape: readonly number[],
  attrs: NamedAttrMap | undefined,
): Windows {
  const info = backend_util.computeConv3DInfo(
    fiveExtents(shape),
    fiveExtents(filterShape),
    threeNumbers(attrs, "strides"),
    threeNumbers(attrs, "dilations"),
    simplePad(attrs),
  );
  return windows3D(info);
}

export function poolWindows3D(shape: readonly number[], attrs: NamedAttrMap | undefined): Windows {
  const info = backend_util.computePool3DInfo(
    fiveExtents(shape),
    threeNumbers(attrs, "filterSize"),
    threeNumbers(attrs, "strides"),
    1,
    simplePad(attrs),
    roundingMode(attrs),
    attrs?.["dataFormat"] === "NCDHW" ? "NCDHW" : "NDHWC",
  );
  return windows3D(info);
}

function windows2D(info: Info2D, dilationHeight: number, dilationWidth: number): Windows {
  const { inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  return windowsOf(info, [inHeight, inWidth], [outHeight, outWidth], [padInfo.top, padInfo.left], {
    kernel: [info.filterHeight, info.filterWidth],
    stride: [info.strideHeight, info.strideWidth],
    dilation: [dilationHeight, dilationWidth],
  });
}

function windows3D(info: Info3D): Windows {
  const { front, top, left } = info.padInfo;
  const inputs = [info.inDepth, info.inHeight, info.inWidth];
  const outputs = [info.outDepth, info.outHeight, info.outWidth];
  return windowsOf(info, inputs, outputs, [front, top, left], {
    kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
    stride: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilation: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
  });
}

function windowsOf(
  { dataFormat, outShape }: Pick<Info2D | Info3D, "dataFormat" | "outShape">,
  inputs: readonly number[],
  outputs: readonly number[],
  before: readonly number[],
  steps: Steps & Pick<Windows, "kernel" | "stride" | "dilation">,
): Windows {
  const padding = paddingOf(inputs, outputs, before, steps);
  return {
    ...steps,
    ...withoutNegative(padding),
    isChannelsLast: dataFormat === "channelsLast",
    outShape,
    isIrregular: leavesWindowsOut(inputs, outputs, padding, steps),
  };
}

/**
 * Only as much padding at the far end as the last window needs: then the usual rounding down gives tfjs' number of
 * windows, however it rounded.
 */
function paddingOf(
  inputs: readonly number[],
  outputs: readonly number[],
  before: readonly number[],
  steps: Steps,
): [number, number][] {
  return inputs.map((extent, i) => {
    const start = before[i] ?? 0;
    return [start, Math.max(0, reachOf(outputs[i] ?? 1, i, steps) - extent - start)];
  });
}

/** Only as much padding as there is, and the rest as a crop. */
function withoutNegative(padding: readonly (readonly [number, number])[]): Pick<Windows, "padding" | "crop"> {
  return {
    padding: padding.map(([before, after]) => [Math.max(0, before), after] as const),
    crop: padding.map(([before]) => Math.max(0, -before)),
  };
}

type Steps = Pick<Windows, "kernel" | "stride" | "dilation">;

/** Elements from the beginning of the first window to the end of the last. */
function reachOf(count: number, axis: number, { kernel, stride, dilation }: Steps): number {
  return (count - 1) * (stride[axis] ?? 1) + ((kernel[axis] ?? 1) - 1) * (dilation[axis] ?? 1) + 1;
}

function leavesWindowsOut(
  inputs: readonly number[],
  outputs: readonly number[],
  padding: readonly (readonly [number, number])[],
  steps: Steps,
): boolean {
  return inputs.some((extent, i) => {
    const padded = extent + (padding[i]?.[0] ?? 0) + (padding[i]?.[1] ?? 0);
    return reachOf((outputs[i] ?? 1) + 1, i, steps) <= padded;
  });
}
