import type { ConvAttributes } from "@lightning-ts/backend-onnxruntime";

/** Spatial output lengths of a convolution or pooling. */
export function outputLengths(
  input: readonly number[],
  kernel: readonly number[],
  attrs: Pick<ConvAttributes, "stride" | "padding" | "dilation">,
): number[] {
  return input.map((length, axis) => {
    const [before, after] = attrs.padding[axis] ?? [0, 0];
    const reach = (attrs.dilation[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    return Math.floor((length + before + after - reach) / (attrs.stride[axis] ?? 1)) + 1;
  });
}

/** Every offset inside a kernel, row-major: `[[0, 0], [0, 1], …]`. */
export function kernelOffsets(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (offsets, length) => offsets.flatMap((offset) => Array.from({ length }, (_, i) => [...offset, i])),
    [[]],
  );
}

/** Product of lengths. */
export function volume(lengths: readonly number[]): number {
  return lengths.reduce((product, length) => product * length, 1);
}
