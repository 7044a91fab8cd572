import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { StructuralAttributes } from "../../contract/lazy-kernel.js";
import { elementCount } from "../../graph/value-spec.js";
import { numbersAttribute, pairsAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { axesConstant, binary, emitAll, floatConstant, isEmpty, padTo, reshape, slice, zeros } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { isTiling, onnxPoolAttributes, pooledShape, poolGeometry, type PoolGeometry } from "./pool-geometry.js";
import { hasFewOffsets, orderedPoolGradient } from "./ordered-pool-gradient.js";
import { isPositive } from "./is-positive.js";
import { POOL_ROWS, poolGradientProgram } from "../../programs/pool-gradient-program.js";
import { upsample } from "./upsample.js";

/** From so many elements on, a pass outside of the graph saves more than the graph's second half costs. */
const LEAST_ELEMENTS = 2 ** 19;

/** Gradient of max pooling: the first of the largest elements of a window gets it. */
export const maxPoolGrad: FusedLowering<"lit.MaxPoolGrad"> = {
  name: "lit.MaxPoolGrad",
  program: ({ windowsInRow, isMasked }) =>
    typeof windowsInRow === "number" ? poolGradientProgram(windowsInRow, isMasked === true) : undefined,

  record(inputs, attrs) {
    const dy = requiredInput("lit.MaxPoolGrad", inputs, "dy");
    const x = requiredInput("lit.MaxPoolGrad", inputs, "x");
    const y = requiredInput("lit.MaxPoolGrad", inputs, "y");
    const geometry = poolGeometry("lit.MaxPoolGrad", x.shape, attrs, true);
    return {
      inputs: [dy, x, y],
      outputs: [{ shape: x.shape, dtype: "float32" }],
      attrs: {
        kernelSize: numbersAttribute(attrs, "kernelSize"),
        stride: numbersAttribute(attrs, "stride"),
        padding: pairsAttribute(attrs, "padding"),
        dilation: numbersAttribute(attrs, "dilation"),
        isTiling: isTiling(geometry),
        windowsInRow: windowsInRow(geometry),
      },
    };
  },

  lower(graph, [dy, x, y], attrs) {
    if (dy === undefined || x === undefined || y === undefined) return [];
    if (isEmpty(x)) return [zeros(graph, x.shape)];
    const geometry = poolGeometry("lit.MaxPoolGrad", x.shape, attrs, true);
    if (!isTiling(geometry)) {
      const isOrdered = graph.target !== undefined && hasFewOffsets(geometry);
      const operands = { dy, x, y };
      return [(isOrdered ? orderedPoolGradient : scatteredGradient)(graph, geometry, operands)];
    }
    const slopes = attrs["isMasked"] === true ? binary(graph, "Mul", dy, isPositive(graph, y)) : dy;
    return [tilingGradient(graph, geometry, { dy: slopes, x, y })];
  },
};

/**
 * Attributes of the call that masks the gradient like a relu before the pooling: where windows tile, masking what was
 * pooled gives the same bits in a quarter of the time or less.
 */
export function maskedAttributes(attrs: StructuralAttributes): StructuralAttributes | undefined {
  return attrs["isTiling"] === true ? { ...attrs, isMasked: true } : undefined;
}

/** Where a program computes the gradient: how many windows a row of the image has. */
function windowsInRow(geometry: PoolGeometry): number | null {
  const { inputShape, kernel, outSpatial } = geometry;
  const [width = 0] = outSpatial.slice(-1);
  const isFit =
    isTiling(geometry) &&
    kernel.length === 2 &&
    kernel.every((size, axis) => size === 2 && inputShape[axis + 2] === 2 * (outSpatial[axis] ?? 0)) &&
    width >= POOL_ROWS.least &&
    width <= POOL_ROWS.most &&
    elementCount(inputShape) >= LEAST_ELEMENTS;
  return isFit ? width : null;
}

/** For windows of any kind: finds again where their largest elements are, and adds the gradient there. */
function scatteredGradient(
  graph: GraphBuilder,
  geometry: PoolGeometry,
  { dy, x }: { dy: GraphValue; x: GraphValue },
): GraphValue {
  const shape = pooledShape(geometry);
  const [, positions] = emitAll(graph, {
    type: "MaxPool",
    inputs: [x],
    attrs: { ...onnxPoolAttributes(geometry), dilations: geometry.dilation },
    outputs: [
      { dtype: "float32", shape },
      { dtype: "int64", shape },
    ],
  });
  if (positions === undefined) return x;
  const count = elementCount(shape);
  const inputs = [
    zeros(graph, [elementCount(x.shape)]),
    reshape(graph, positions, [count]),
    reshape(graph, dy, [count]),
  ];
  return reshape(graph, graph.op("ScatterElements", inputs, { attrs: { axis: 0, reduction: "add" } }), x.shape);
}

/** The lowest float32 that is finite. */
const LOWEST = -3.4028234663852886e38;

/**
 * For windows that tile the input: elementwise passes over x, several times faster than asking MaxPool for positions.
 * Elements equal to their maximum are marked, each mark is weighed by its rank in the window, and a second pooling
 * finds the first mark.
 */
function tilingGradient(
  graph: GraphBuilder,
  geometry: PoolGeometry,
  { dy, x, y }: { dy: GraphValue; x: GraphValue; y: GraphValue },
): GraphValue {
  const covered = geometry.outSpatial.map((size, axis) => size * (geometry.kernel[axis] ?? 1));
  const axes = covered.map((_, axis) => axis + 2);
  const inside = slice(graph, x, { axes, starts: covered.map(() => 0), ends: covered });
  const spread = (value: GraphValue) => upsample(graph, value, geometry.kernel);
  // A window of nothing but -Infinity, as masks make them, has no largest element and gets 0: -Infinity - -Infinity
  // would be NaN.
  const largest = graph.op("Clip", [y, floatConstant(graph, LOWEST)]);
  const isLargest = graph.op("HardSigmoid", [binary(graph, "Sub", inside, spread(largest))], {
    attrs: { alpha: { float: 1e38 }, beta: { float: 1 } },
  });
  const ranked = binary(graph, "Mul", isLargest, ranks(graph, geometry, covered));
  const best = graph.op("MaxPool", [ranked], { shape: y.shape, attrs: onnxPoolAttributes(geometry) });
  const isFirst = graph.op(
    "HardSigmoid",
    [binary(graph, "Sub", ranked, spread(graph.op("Clip", [best, floatConstant(graph, 1)])))],
    { attrs: { alpha: { float: 1 }, beta: { float: 1 } } },
  );
  return padTo(graph, binary(graph, "Mul", isFirst, spread(dy)), x.shape);
}

/** [...covered]: the elements of every window numbered from its size down to 1 (at the far end). */
function ranks(graph: GraphBuilder, { kernel, outSpatial }: PoolGeometry, covered: readonly number[]): GraphValue {
  const size = elementCount(kernel);
  const window = graph.constant(
    Array.from({ length: size }, (_, index) => size - index),
    "float32",
    kernel,
  );
  return graph.op("Tile", [window, axesConstant(graph, outSpatial)], { shape: covered });
}
