import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { booleanAttribute, numbersAttribute, pairsAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { exactMean } from "../sums/exact-sum.js";
import { isEmpty, range, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { isGlobal, onnxPoolAttributes, pooledShape, poolGeometry, type PoolGeometry } from "./pool-geometry.js";

/** The mean of every window. */
export const avgPool: FusedLowering<"lit.AvgPool"> = {
  name: "lit.AvgPool",

  record(inputs, attrs) {
    const x = requiredInput("lit.AvgPool", inputs, "x");
    const shape = pooledShape(poolGeometry("lit.AvgPool", x.shape, attrs, false));
    return {
      inputs: [x],
      outputs: [{ shape, dtype: "float32" }],
      attrs: {
        kernelSize: numbersAttribute(attrs, "kernelSize"),
        stride: numbersAttribute(attrs, "stride"),
        padding: pairsAttribute(attrs, "padding"),
        countIncludePad: booleanAttribute(attrs, "countIncludePad"),
      },
    };
  },

  lower(graph, [x], attrs) {
    if (x === undefined) return [];
    const geometry = poolGeometry("lit.AvgPool", x.shape, attrs, false);
    const shape = pooledShape(geometry);
    if (isEmpty(x)) return [zeros(graph, shape)];
    if (isGlobal(geometry)) return [exactMean(graph, x, range(2, x.shape.length), true)];
    const includePad = booleanAttribute(attrs, "countIncludePad") ? 1 : 0;
    const steps = elementCount(geometry.kernel) > LARGEST_WINDOW ? axisByAxis(geometry) : [geometry];
    return [steps.reduce((value, step) => averages(graph, value, step, includePad), x)];
  },
};

/** Up to this many elements of a window ONNX Runtime's additions, one after the other, stay within 1e-6. */
const LARGEST_WINDOW = 64;

/**
 * One pool for each axis: a window, also one that the border cuts, is a box, so that its mean is the mean of its rows'
 * means. Fewer terms are added.
 */
function axisByAxis(geometry: PoolGeometry): PoolGeometry[] {
  const { inputShape, kernel, stride, before, after, outSpatial } = geometry;
  return kernel.map((_, axis) => {
    const only = (values: readonly number[], rest: number) => values.map((value, i) => (i === axis ? value : rest));
    const spatial = inputShape.slice(2).map((size, i) => (i < axis ? (outSpatial[i] ?? size) : size));
    return {
      ...geometry,
      inputShape: [...inputShape.slice(0, 2), ...spatial],
      kernel: only(kernel, 1),
      stride: only(stride, 1),
      before: only(before, 0),
      after: only(after, 0),
      outSpatial: spatial.map((size, i) => (i === axis ? (outSpatial[i] ?? size) : size)),
    };
  });
}

function averages(graph: GraphBuilder, x: GraphValue, geometry: PoolGeometry, includePad: number): GraphValue {
  return graph.op("AveragePool", [x], {
    shape: pooledShape(geometry),
    attrs: { ...onnxPoolAttributes(geometry), count_include_pad: includePad },
  });
}
