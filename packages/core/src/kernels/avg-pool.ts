import type { FusedKernels } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { volume } from "./conv-shapes.js";
import type { FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";
import { addWindowSlices, windowSlices, type WindowAttributes } from "./windows.js";

type AvgPoolAttributes = FusedKernels["lit.AvgPool"]["attrs"];

export const avgPool: FusedKernel<"lit.AvgPool"> = {
  name: "lit.AvgPool",
  composite: ({ x }, attrs) => [tf.div(sum(windowSlices(x, windowOf(attrs))), counts(x.shape, attrs))],
  gradient: {
    holds: [],
    isDifferentiable: true,
    compute: ({ dy, inputs: { x }, attrs: { kernelSize, stride, padding, countIncludePad } }) => ({
      x: () =>
        runFusedSingle(avgPoolGrad, { dy }, { kernelSize, stride, padding, countIncludePad, inputShape: x.shape }),
    }),
  },
};

export const avgPoolGrad: FusedKernel<"lit.AvgPoolGrad"> = {
  name: "lit.AvgPoolGrad",
  composite: ({ dy }, attrs) => {
    const share = tf.div(dy, counts(attrs.inputShape, attrs));
    return [
      addWindowSlices(
        Array.from({ length: volume(attrs.kernelSize) }, () => share),
        attrs.inputShape.slice(2),
        windowOf(attrs),
      ),
    ];
  },
  gradient: {
    holds: [],
    isDifferentiable: true,
    compute: ({ dy: dx, attrs: { kernelSize, stride, padding, countIncludePad } }) => ({
      dy: () => runFusedSingle(avgPool, { x: dx }, { kernelSize, stride, padding, countIncludePad }),
    }),
  },
};

function windowOf({ kernelSize, stride, padding }: AvgPoolAttributes): WindowAttributes {
  return { kernel: kernelSize, stride, padding, dilation: kernelSize.map(() => 1) };
}

/** How many elements each window averages, broadcastable to the output. */
function counts(inputShape: readonly number[], attrs: AvgPoolAttributes): Tensor {
  if (attrs.countIncludePad) return tf.scalar(volume(attrs.kernelSize));
  return sum(windowSlices(tf.ones([1, 1, ...inputShape.slice(2)]), windowOf(attrs)));
}

function sum(slices: readonly Tensor[]): Tensor {
  return tf.addN([...slices]);
}
