import { engine, type NamedTensorMap, relu, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { windowOf } from "./window-of.js";

export interface PooledImages {
  /** [N, C, H, W], before a relu and a pooling of 2 by 2. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** The gradient of what is pooled. */
  readonly slopes: Float32Array;
}

/** The gradient of the images, and that of the relu's results where it is read on the way; as bits. */
export function poolGradients(
  { shape, values, slopes }: PooledImages,
  reads: boolean,
): { readonly images: Int32Array; readonly activations?: Int32Array } {
  return tidy(() => {
    const bits = (result: Tensor) => new Int32Array(result.dataSync().slice().buffer);
    const x = relu(tensor(values, [...shape]));
    const run = (kernel: string, inputs: NamedTensorMap) =>
      engine().runKernel<Tensor>(kernel, inputs, windowOf([2, 2]));
    const y = run("lit.MaxPool", { x });
    const dx = run("lit.MaxPoolGrad", { dy: tensor(slopes, y.shape), x, y });
    const activations = reads ? bits(dx) : undefined;
    const images = bits(engine().runKernel<Tensor>("lit.ReluGrad", { dy: dx, y: x }, {}));
    return { images, ...(activations && { activations }) };
  });
}

/** The numbers of such bits, zeros without a sign. */
export function numbersOf(bits: Int32Array): Float32Array {
  return new Float32Array(bits.buffer).map((value) => value + 0);
}
