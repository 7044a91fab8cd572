import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { numbersAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { elementCount, isSameShape } from "../../graph/value-spec.js";
import { requiredInput } from "./call-inputs.js";
import { withRow } from "./blocked-convolution.js";
import { roundToCompute } from "./autocast.js";
import {
  asImage,
  convGeometry,
  type ConvGeometry,
  convStructure,
  extent,
  kernelOffsets,
  outputShape,
} from "./conv-geometry.js";
import { weightProducts } from "./conv-weight-products.js";
import { hasFewPositions, weightGradOfFewPositions } from "./conv-weight-of-few-positions.js";
import { depthwiseWeightGrad, hasChannelKernels } from "./depthwise-weight-grad.js";
import { hasOnePosition, weightGradOfOnePosition } from "./conv-of-one-position.js";
import { concat, isEmpty, pad, range, reshape, slice, zeros } from "./emit.js";
import { LONGEST_INNER, LONGEST_INNER_WITHOUT_COPY } from "../sums/part-plan.js";
import { exactSum } from "../sums/exact-sum.js";
import type { FusedLowering } from "./fused-lowering.js";
import { liveKernel, wholeWeight } from "./live-kernel.js";
import { windowByParts } from "./window-by-parts.js";

/**
 * Gradient of a convolution in its weight: for every offset of the kernel, the part of x that it meets, times dy.
 * Copying those parts and multiplying takes a third of the time of a convolution with the axes swapped.
 */
export const convWeightGrad: FusedLowering<"lit.ConvWeightGrad"> = {
  name: "lit.ConvWeightGrad",

  record(inputs, attrs) {
    const x = requiredInput("lit.ConvWeightGrad", inputs, "x");
    const dy = requiredInput("lit.ConvWeightGrad", inputs, "dy");
    const weightShape = numbersAttribute(attrs, "weightShape");
    const expected = outputShape(convGeometry("lit.ConvWeightGrad", x.shape, weightShape, attrs));
    if (!isSameShape(dy.shape, expected)) {
      throw new FusedKernelError(
        `lit.ConvWeightGrad's dy does not fit its input. Expected [${expected.join(", ")}]. Received [${dy.shape.join(", ")}].`,
      );
    }
    return {
      inputs: [x, dy],
      outputs: [{ shape: weightShape, dtype: "float32" }],
      attrs: { ...convStructure(attrs), weightShape },
    };
  },

  lower(graph, [x, dy], attrs) {
    if (x === undefined || dy === undefined) return [];
    const weightShape = numbersAttribute(attrs, "weightShape");
    if (isEmpty(x) || isEmpty(dy) || weightShape.includes(0)) return [zeros(graph, weightShape)];
    const live = liveKernel(convGeometry("lit.ConvWeightGrad", x.shape, weightShape, attrs));
    const gradient = weightGradient(graph, live.geometry, [roundToCompute(graph, x), roundToCompute(graph, dy)]);
    return [roundToCompute(graph, wholeWeight(graph, gradient, live))];
  },
};

function weightGradient(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  [x, dy]: readonly [GraphValue, GraphValue],
): GraphValue {
  if (hasOnePosition(geometry)) return weightGradOfOnePosition(graph, geometry, [x, dy]);
  if (geometry.kernel.length === 1 && hasChannelKernels(graph, asImage(geometry))) {
    const gradient = depthwiseWeightGrad(graph, asImage(geometry), [withRow(graph, x), withRow(graph, dy)]);
    return reshape(graph, gradient, [geometry.outChannels, 1, ...geometry.kernel]);
  }
  if (hasChannelKernels(graph, geometry)) return depthwiseWeightGrad(graph, geometry, [x, dy]);
  if (hasFewPositions(geometry)) return weightGradOfFewPositions(graph, geometry, [x, dy]);
  const shape = [geometry.outChannels, geometry.inChannels / geometry.groups, ...geometry.kernel];
  const image = pad(graph, x, [0, 0, ...geometry.before], [0, 0, ...geometry.after]);
  const parts = strips(geometry).map((strip) =>
    reshape(graph, stripGradient(graph, geometry, strip, dy, image), [1, ...shape]),
  );
  return reshape(graph, exactSum(graph, concat(graph, parts, 0), [0]), shape);
}

/** Some rows of the result along its first spatial axis. */
interface Strip {
  readonly start: number;
  readonly size: number;
}

/**
 * All of the result, or strips of it that are short enough for an exact product: cutting dy once is cheaper than
 * cutting every product's operands.
 */
function strips({ outSpatial }: ConvGeometry): Strip[] {
  const [rows = 1, ...others] = outSpatial;
  const isLong = elementCount(outSpatial) > LONGEST_INNER_WITHOUT_COPY;
  const size = isLong ? Math.max(1, Math.floor(LONGEST_INNER / elementCount(others))) : rows;
  return range(0, Math.ceil(rows / size)).map((i) => ({ start: i * size, size: Math.min(size, rows - i * size) }));
}

/** What one strip of dy adds to the gradient. */
function stripGradient(
  graph: GraphBuilder,
  whole: ConvGeometry,
  { start, size }: Strip,
  dy: GraphValue,
  padded: GraphValue,
): GraphValue {
  const geometry = { ...whole, outSpatial: whole.outSpatial.with(0, size) };
  const { batch, groups, outChannels } = geometry;
  const rows = slice(graph, dy, { axes: [2], starts: [start], ends: [start + size] });
  const gradRows = reshape(graph, rows, [batch * groups, outChannels / groups, elementCount(geometry.outSpatial)]);
  return weightProducts(graph, geometry, gradRows, inputWindows(graph, geometry, padded, start));
}

/**
 * For every kernel offset, the elements of the padded x that it meets in the rows from `firstRow` on: [N · groups, Ci /
 * groups, P].
 */
function inputWindows(graph: GraphBuilder, geometry: ConvGeometry, padded: GraphValue, firstRow: number): GraphValue[] {
  const { batch, groups, inChannels, kernel, stride, dilation, outSpatial } = geometry;
  const cut = graph.target === undefined && graph.hasOneThread !== true ? windowByParts : slice;
  return kernelOffsets(kernel).map((offset) => {
    const starts = offset.map(
      (position, axis) => position * (dilation[axis] ?? 1) + (axis === 0 ? firstRow * (stride[0] ?? 1) : 0),
    );
    const ends = starts.map((start, axis) => start + extent(outSpatial[axis], stride[axis]));
    const axes = kernel.map((_, axis) => axis + 2);
    const window = cut(graph, padded, { axes, starts, ends, steps: stride });
    return reshape(graph, window, [batch * groups, inChannels / groups, elementCount(outSpatial)]);
  });
}
