import type { ConvAttributes } from "@lightning-ts/backend-onnxruntime";
import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import { addWindowSlices, windowSlices } from "./windows.js";
import { outputLengths, volume } from "./conv-shapes.js";
import type { FusedKernel } from "./fused-kernel.js";
import { hasNativeConv, nativeConv, nativeConvInputGrad, nativeConvWeightGrad } from "./native-2d.js";
import { runFusedSingle } from "./run-fused.js";

/*
 * The three kernels are each linear in both inputs, and each one's gradients are the other two.
 * Their composites are tfjs' own kernels where those fit; elsewhere they work on columns: for groups G and kernel
 * volume K, x becomes [N, G, Ci / G · K, P].
 */

export const conv: FusedKernel<"lit.Conv"> = {
  name: "lit.Conv",
  composite: ({ x, weight, bias }, attrs) => {
    const y = hasNativeConv(weight.rank, attrs) ? nativeConv(x, weight, attrs) : convByColumns(x, weight, attrs);
    return [bias === undefined ? y : tf.add(y, tf.reshape(bias, [-1, ...attrs.stride.map(() => 1)]))];
  },
  gradient: {
    holds: ["x", "weight"],
    isDifferentiable: true,
    compute: ({ dy, inputs: { x, weight }, attrs }) => ({
      x: () => inputGrad(dy, weight, x.shape, attrs),
      weight: () => weightGrad(x, dy, weight.shape, attrs),
      bias: () => tf.sum(dy, [0, ...attrs.stride.map((_, axis) => axis + 2)]),
    }),
  },
};

export const convInputGrad: FusedKernel<"lit.ConvInputGrad"> = {
  name: "lit.ConvInputGrad",
  composite: ({ dy, weight }, { inputShape, ...attrs }) => {
    if (hasNativeConv(weight.rank, attrs)) return [nativeConvInputGrad(dy, weight, { ...attrs, inputShape })];
    const grouped = tf.reshape(dy, [
      dy.shape[0] ?? 0,
      attrs.groups,
      (dy.shape[1] ?? 0) / attrs.groups,
      volume(dy.shape.slice(2)),
    ]);
    const product = tf.matMul(groupedWeight(weight, attrs), grouped, true, false);
    return [addColumns(product, dy.shape.slice(2), weight.shape.slice(2), inputShape, attrs)];
  },
  gradient: {
    holds: ["dy", "weight"],
    isDifferentiable: true,
    compute: ({ dy: dx, inputs: { dy, weight }, attrs }) => {
      const seen = reached(dx, dy.shape, weight.shape, attributesOf(attrs));
      return {
        dy: () => runFusedSingle(conv, { x: seen.x(), weight }, seen.attrs),
        weight: () => weightGrad(seen.x(), dy, weight.shape, seen.attrs),
      };
    },
  },
};

export const convWeightGrad: FusedKernel<"lit.ConvWeightGrad"> = {
  name: "lit.ConvWeightGrad",
  composite: ({ x, dy }, { weightShape, ...attrs }) => {
    if (hasNativeConv(x.rank, attrs)) return [nativeConvWeightGrad(x, dy, { ...attrs, weightShape })];
    const grouped = tf.reshape(dy, [
      dy.shape[0] ?? 0,
      attrs.groups,
      (dy.shape[1] ?? 0) / attrs.groups,
      volume(dy.shape.slice(2)),
    ]);
    const product = tf.matMul(grouped, columns(x, weightShape, attrs), false, true);
    return [tf.reshape(tf.sum(product, 0), [...weightShape])];
  },
  gradient: {
    holds: ["x", "dy"],
    isDifferentiable: true,
    compute: ({ dy: dweight, inputs: { x, dy }, attrs }) => ({
      x: () => inputGrad(dy, dweight, x.shape, attrs),
      dy: () => runFusedSingle(conv, { x, weight: dweight }, attributesOf(attrs)),
    }),
  },
};

export function inputGrad(dy: Tensor, weight: Tensor, inputShape: readonly number[], attrs: ConvAttributes): Tensor {
  return runFusedSingle(convInputGrad, { dy, weight }, { ...attributesOf(attrs), inputShape });
}

export function weightGrad(x: Tensor, dy: Tensor, weightShape: readonly number[], attrs: ConvAttributes): Tensor {
  return runFusedSingle(convWeightGrad, { x, dy }, { ...attributesOf(attrs), weightShape });
}

/**
 * The part of x that the windows of dy reach, and the padding around that part. A transposed convolution with
 * outputPadding may give room for more of them, and its last columns may lie where the padding was.
 */
function reached(
  x: Tensor,
  dyShape: readonly number[],
  weightShape: readonly number[],
  attrs: ConvAttributes,
): { x: () => Tensor; attrs: ConvAttributes } {
  const kernel = weightShape.slice(2);
  const space = x.shape.slice(2);
  const fitting = outputLengths(space, kernel, attrs);
  const windows = space.map((length, axis): { length: number; padding: readonly [number, number] } => {
    const count = dyShape[axis + 2] ?? 0;
    const [before, after] = attrs.padding[axis] ?? [0, 0];
    if ((fitting[axis] ?? 0) <= count) return { length, padding: [before, after] };
    const end =
      (count - 1) * (attrs.stride[axis] ?? 1) + (attrs.dilation[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1 - before;
    return { length: Math.min(length, end), padding: [before, Math.max(0, end - length)] };
  });
  const lengths = windows.map(({ length }) => length);
  const isWhole = tf.util.arraysEqual(lengths, space);
  return {
    x: () =>
      isWhole
        ? x
        : tf.slice(
            x,
            x.shape.map(() => 0),
            [x.shape[0] ?? 0, x.shape[1] ?? 0, ...lengths],
          ),
    attrs: { ...attrs, padding: windows.map(({ padding }) => padding) },
  };
}

function attributesOf({ stride, padding, dilation, groups }: ConvAttributes): ConvAttributes {
  return { stride, padding, dilation, groups };
}

function convByColumns(x: Tensor, weight: Tensor, attrs: ConvAttributes): Tensor {
  const space = outputLengths(x.shape.slice(2), weight.shape.slice(2), attrs);
  return tf.reshape(tf.matMul(groupedWeight(weight, attrs), columns(x, weight.shape, attrs)), [
    x.shape[0] ?? 0,
    weight.shape[0] ?? 0,
    ...space,
  ]);
}

function groupedWeight(weight: Tensor, { groups }: ConvAttributes): Tensor {
  return tf.reshape(weight, [1, groups, (weight.shape[0] ?? 0) / groups, -1]);
}

/** x [N, Ci, ...space] as [N, G, Ci / G · K, P]: what every kernel offset sees at every output position. */
function columns(x: Tensor, weightShape: readonly number[], attrs: ConvAttributes): Tensor {
  const kernel = weightShape.slice(2);
  const slices = windowSlices(x, { ...attrs, kernel });
  const positions = volume(outputLengths(x.shape.slice(2), kernel, attrs));
  const stacked = tf.stack(
    slices.map((slice) => tf.reshape(slice, [x.shape[0] ?? 0, x.shape[1] ?? 0, positions])),
    2,
  ); // [N, Ci, K, P]
  return tf.reshape(stacked, [x.shape[0] ?? 0, attrs.groups, (weightShape[1] ?? 0) * volume(kernel), positions]);
}

/** The transpose of `columns`. */
function addColumns(
  grouped: Tensor,
  outputSpace: readonly number[],
  kernel: readonly number[],
  inputShape: readonly number[],
  attrs: ConvAttributes,
): Tensor {
  const [batch = 0, channels = 0] = inputShape;
  const split = tf.unstack(tf.reshape(grouped, [batch, channels, volume(kernel), volume(outputSpace)]), 2);
  const slices = split.map((slice) => tf.reshape(slice, [batch, channels, ...outputSpace]));
  return addWindowSlices(slices, inputShape.slice(2), { ...attrs, kernel });
}
