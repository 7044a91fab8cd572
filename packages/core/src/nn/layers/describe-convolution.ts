import type { ConvAttributes } from "@lightning-ts/backend-onnxruntime";
import { pyTuple } from "../python-text.js";

interface ConvolutionLike {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly bias: object | undefined;
  readonly attributes: ConvAttributes;
}

interface GivenPadding {
  /** As it was given where it has a name. */
  readonly padding: string | readonly number[];
  readonly outputPadding?: readonly number[];
  readonly paddingMode?: string;
}

/** The options of a convolution as PyTorch prints them: what has its usual value is left out. */
export function describeConvolution(
  { inChannels, outChannels, kernelSize, bias, attributes }: ConvolutionLike,
  { padding, outputPadding = [], paddingMode = "zeros" }: GivenPadding,
): string {
  const { stride, dilation, groups } = attributes;
  const kernel = pyTuple(kernelSize);
  const unless = (usual: number, name: string, lengths: readonly number[]): string[] =>
    lengths.every((length) => length === usual) ? [] : [`${name}=${pyTuple(lengths)}`];
  return [
    `${inChannels}, ${outChannels}, kernel_size=${kernel}, stride=${pyTuple(stride)}`,
    ...(typeof padding === "string" ? [`padding=${padding}`] : unless(0, "padding", padding)),
    ...unless(1, "dilation", dilation),
    ...unless(0, "output_padding", outputPadding),
    ...(groups === 1 ? [] : [`groups=${groups}`]),
    ...(bias === undefined ? ["bias=False"] : []),
    ...(paddingMode === "zeros" ? [] : [`padding_mode=${paddingMode}`]),
  ].join(", ");
}
