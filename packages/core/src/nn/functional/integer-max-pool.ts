import type { FusedKernels } from "@lightning-ts/backend-onnxruntime";
import { windowSlices } from "../../kernels/windows.js";
import { tf } from "../../tensor/tf.js";

const SMALLEST = -2_147_483_648;

/**
 * Largest value of each window of int32 [N, C, ...space], exact for all of them: float32, which pools are made for, has
 * no odd numbers beyond 2^24. One axis after the other, so that a window costs the sum of its lengths and not their
 * product.
 */
export function integerMaxPool(
  x: tf.Tensor,
  { kernelSize, stride, padding, dilation }: FusedKernels["lit.MaxPool"]["attrs"],
): tf.Tensor {
  return tf.tidy(() =>
    kernelSize.reduce((pooled, _, axis) => {
      const only = <TItem>(items: readonly TItem[], neutral: TItem): TItem[] =>
        items.map((item, i) => (i === axis ? item : neutral));
      const window = {
        kernel: only(kernelSize, 1),
        stride: only(stride, 1),
        padding: only<readonly [number, number]>(padding, [0, 0]),
        dilation: only(dilation, 1),
      };
      return windowSlices(pooled, window, SMALLEST).reduce((most, slice) => tf.maximum(most, slice));
    }, x),
  );
}
