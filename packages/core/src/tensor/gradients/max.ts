import * as tf from "@tensorflow/tfjs-core";
import type { GradConfig, NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";
import { only, present } from "./arguments.js";

/**
 * The gradient of `tf.max`. Elements that tie share dy evenly, as in `torch.amax`; tfjs gives all of it to each. Where
 * the result is NaN, every gradient of its row is NaN, because nothing equals it.
 */
export const maxGradient: GradConfig = extremeGradient("Max", (attrs) => attrs["reductionIndices"]);

/** As `maxGradient`, for `torch.amin`. */
export const minGradient: GradConfig = extremeGradient("Min", (attrs) => attrs["axis"]);

type Axes = NamedAttrMap[string] | undefined;

function extremeGradient(kernelName: string, axesOf: (attrs: NamedAttrMap) => Axes): GradConfig {
  return {
    kernelName,
    inputsToSave: ["x"],
    outputsToSave: [true],
    gradFunc: (dy, [x, y], attrs) => ({
      x: () => shareOut(only(dy), present(x), present(y), reducedAxes(axesOf(attrs), present(x))),
    }),
  };
}

function shareOut(dy: Tensor, x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const isExtreme = tf.cast(tf.equal(x, tf.reshape(y, kept)), "float32");
  return tf.mul(isExtreme, tf.div(tf.reshape(dy, kept), tf.sum(isExtreme, [...axes], true)));
}

function reducedAxes(attribute: Axes, { shape }: Tensor): number[] {
  const all = shape.map((_, axis) => axis);
  return tf.util.parseAxisParam(
    typeof attribute === "number" ? attribute : Array.isArray(attribute) ? attribute.map(Number) : all,
    shape,
  );
}
