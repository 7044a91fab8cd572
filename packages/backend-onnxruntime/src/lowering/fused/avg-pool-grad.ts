import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { booleanAttribute, numbersAttribute, pairsAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { kernelOffsets } from "./conv-geometry.js";
import { binary, floatConstant, padTo, reshape, slice, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { isTiling, poolGeometry, type PoolGeometry } from "./pool-geometry.js";
import { upsample } from "./upsample.js";

/** Gradient of average pooling: every element of a window gets its share. */
export const avgPoolGrad: FusedLowering<"lit.AvgPoolGrad"> = {
  name: "lit.AvgPoolGrad",

  record(inputs, attrs) {
    const inputShape = numbersAttribute(attrs, "inputShape");
    return {
      inputs: [requiredInput("lit.AvgPoolGrad", inputs, "dy")],
      outputs: [{ shape: inputShape, dtype: "float32" }],
      attrs: {
        kernelSize: numbersAttribute(attrs, "kernelSize"),
        stride: numbersAttribute(attrs, "stride"),
        padding: pairsAttribute(attrs, "padding"),
        countIncludePad: booleanAttribute(attrs, "countIncludePad"),
        inputShape,
      },
    };
  },

  lower(graph, [dy], attrs) {
    if (dy === undefined) return [];
    const inputShape = numbersAttribute(attrs, "inputShape");
    if (inputShape.includes(0)) return [zeros(graph, inputShape)];
    const geometry = poolGeometry("lit.AvgPoolGrad", inputShape, attrs, false);
    const share = binary(graph, "Mul", dy, shareOfWindow(graph, geometry, booleanAttribute(attrs, "countIncludePad")));
    if (isTiling(geometry)) return [padTo(graph, upsample(graph, share, geometry.kernel), inputShape)];
    return [spreadOverWindows(graph, geometry, share)];
  },
};

/**
 * 1 / the number of elements that a window averages: a scalar, or one for every window where the border counts less.
 */
function shareOfWindow(
  graph: GraphBuilder,
  { kernel, stride, before, after, outSpatial, inputShape }: PoolGeometry,
  countIncludePad: boolean,
): GraphValue {
  const hasPadding = [...before, ...after].some((count) => count > 0);
  if (countIncludePad || !hasPadding) return floatConstant(graph, 1 / elementCount(kernel));
  const shares = kernelOffsets(outSpatial).map((window) => {
    const sizes = window.map((position, axis) => {
      const start = position * (stride[axis] ?? 1) - (before[axis] ?? 0);
      return Math.min(start + (kernel[axis] ?? 1), inputShape[axis + 2] ?? 0) - Math.max(start, 0);
    });
    return 1 / elementCount(sizes);
  });
  return graph.constant(shares, "float32", outSpatial);
}

/** Adds each window's share to all its elements: a transposed convolution of every channel with ones. */
function spreadOverWindows(
  graph: GraphBuilder,
  { inputShape, kernel, stride, before, after, outSpatial }: PoolGeometry,
  share: GraphValue,
): GraphValue {
  const channels = elementCount(inputShape.slice(0, 2));
  const reached = outSpatial.map((size, axis) => (size - 1) * (stride[axis] ?? 1) + (kernel[axis] ?? 1));
  const ones = graph.constant(
    Array.from({ length: elementCount(kernel) }, () => 1),
    "float32",
    [1, 1, ...kernel],
  );
  const full = graph.op("ConvTranspose", [reshape(graph, share, [channels, 1, ...outSpatial]), ones], {
    shape: [channels, 1, ...reached],
    attrs: { kernel_shape: kernel, strides: stride, pads: [...before, ...after].map(() => 0) },
  });
  const axes = kernel.map((_, axis) => axis + 2);
  const ends = reached.map((size, axis) => Math.min(size, (inputShape[axis + 2] ?? 0) + (before[axis] ?? 0)));
  const inside = slice(graph, full, { axes, starts: before, ends });
  return reshape(graph, padTo(graph, inside, [channels, 1, ...inputShape.slice(2)]), inputShape);
}
