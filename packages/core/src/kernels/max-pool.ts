import type { FusedKernels } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { firstOf, type FusedKernel } from "./fused-kernel.js";
import { hasNativeMaxPool, nativeMaxPool, nativeMaxPoolGrad } from "./native-2d.js";
import { runFusedSingle } from "./run-fused.js";
import { addWindowSlices, windowSlices } from "./windows.js";

type MaxPoolAttributes = FusedKernels["lit.MaxPool"]["attrs"];

export const maxPool: FusedKernel<"lit.MaxPool"> = {
  name: "lit.MaxPool",
  composite: ({ x }, attrs) => [
    hasNativeMaxPool(x.rank, attrs)
      ? nativeMaxPool(x, attrs)
      : windows(x, attrs).reduce((most, slice) => tf.maximum(most, slice)),
  ],
  gradient: {
    holds: ["x"],
    holdsOutputs: () => [0],
    isDifferentiable: true,
    compute: ({ dy, inputs: { x }, outputs, attrs }) => ({
      x: () => runFusedSingle(maxPoolGrad, { dy, x, y: firstOf(outputs) }, attrs),
    }),
  },
};

export const maxPoolGrad: FusedKernel<"lit.MaxPoolGrad"> = {
  name: "lit.MaxPoolGrad",
  composite: ({ dy, x, y }, attrs) => [
    hasNativeMaxPool(x.rank, attrs)
      ? nativeMaxPoolGrad(dy, x, y, attrs)
      : addWindowSlices(
          firstMaxima(x, y, attrs).map((mask) => tf.mul(mask, dy)),
          x.shape.slice(2),
          { ...attrs, kernel: attrs.kernelSize },
        ),
  ],
  gradient: {
    holds: ["x", "y"],
    isDifferentiable: true,
    compute: ({ dy: dx, inputs: { x, y }, attrs }) => ({
      dy: () => {
        const slices = windowSlices(dx, { ...attrs, kernel: attrs.kernelSize });
        return tf.addN(firstMaxima(x, y, attrs).map((mask, i) => tf.mul(mask, slices[i] ?? mask)));
      },
      x: () => tf.zerosLike(x),
      y: () => tf.zerosLike(y),
    }),
  },
};

function windows(x: Tensor, attrs: MaxPoolAttributes): Tensor[] {
  return windowSlices(x, { ...attrs, kernel: attrs.kernelSize }, Number.NEGATIVE_INFINITY);
}

/** For each kernel offset a mask [N, C, ...output] of ones where that offset holds the window's first maximum. */
function firstMaxima(x: Tensor, y: Tensor, attrs: MaxPoolAttributes): Tensor[] {
  let isTaken: Tensor = tf.zeros(y.shape);
  return windows(x, attrs).map((slice) => {
    const mask = tf.mul(tf.cast(tf.equal(slice, y), "float32"), tf.sub(1, isTaken));
    isTaken = tf.add(isTaken, mask);
    return mask;
  });
}
