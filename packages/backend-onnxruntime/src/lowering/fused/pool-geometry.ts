import type { PoolAttributes } from "../../contract/fused-kernels.js";
import { type Attributes, numbersAttribute, pairsAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { extent } from "./conv-geometry.js";

/** Everything about the shapes of one pooling, in any number of spatial dimensions. */
export interface PoolGeometry {
  readonly inputShape: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly outSpatial: readonly number[];
}

/** What all pools share, and the dilation that only some have. */
type WindowAttributes = PoolAttributes & { readonly dilation?: readonly number[] };

/**
 * Reads a call's shapes.
 * @param hasDilation false for average pooling, which has none
 * @throws FusedKernelError for windows that do not fit the input
 */
export function poolGeometry(
  kernelName: string,
  inputShape: readonly number[],
  attrs: Attributes<WindowAttributes>,
  hasDilation: boolean,
): PoolGeometry {
  const kernel = numbersAttribute(attrs, "kernelSize");
  const stride = numbersAttribute(attrs, "stride");
  const dilation = hasDilation ? numbersAttribute(attrs, "dilation") : kernel.map(() => 1);
  const padding = pairsAttribute(attrs, "padding");
  const before = padding.map((pair) => pair[0] ?? 0);
  const after = padding.map((pair) => pair[1] ?? 0);
  const spatial = inputShape.slice(2);
  const outSpatial = spatial.map((size, axis) => {
    const padded = size + (before[axis] ?? 0) + (after[axis] ?? 0);
    return Math.floor((padded - extent(kernel[axis], dilation[axis])) / (stride[axis] ?? 1)) + 1;
  });
  if (
    [kernel, stride, dilation, padding].some(({ length }) => length !== spatial.length) ||
    outSpatial.some((size) => size < 1)
  ) {
    throw new FusedKernelError(
      `${kernelName}'s window does not fit its input. Expected [N, C, ...] with as many spatial dimensions as the window has, and no smaller than it. Received [${inputShape.join(", ")}] and a window [${kernel.join(", ")}].`,
    );
  }
  return { inputShape, kernel, stride, dilation, before, after, outSpatial };
}

export function pooledShape({ inputShape, outSpatial }: PoolGeometry): number[] {
  return [...inputShape.slice(0, 2), ...outSpatial];
}

/**
 * Whether windows neither overlap nor reach over the border, nor leave gaps: each input element is in at most one
 * window.
 */
export function isTiling({ kernel, stride, dilation, before, after }: PoolGeometry): boolean {
  return (
    kernel.every((size, axis) => size === stride[axis]) &&
    dilation.every((step) => step === 1) &&
    [...before, ...after].every((count) => count === 0)
  );
}

/** Whether there is a single window, which covers the whole image. */
export function isGlobal({ inputShape, kernel, before, after }: PoolGeometry): boolean {
  return (
    kernel.every((size, axis) => size === inputShape[axis + 2]) && [...before, ...after].every((count) => count === 0)
  );
}

/** The attributes of ONNX's pools. */
export function onnxPoolAttributes({ kernel, stride, before, after }: PoolGeometry): {
  kernel_shape: readonly number[];
  strides: readonly number[];
  pads: readonly number[];
} {
  return { kernel_shape: kernel, strides: stride, pads: [...before, ...after] };
}
