import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { numbersAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { elementCount, isSameShape } from "../../graph/value-spec.js";
import { requiredInput } from "./call-inputs.js";
import { roundToCompute } from "./autocast.js";
import { convGeometry, type ConvGeometry, convStructure, extent, kernelOffsets, outputShape } from "./conv-geometry.js";
import { channelsFirst, hasFewPositions, productOverImages } from "./conv-weight-grad-of-few.js";
import { isEmpty, pad, range, reshape, slice, transpose, zeros } from "./emit.js";
import { LONGEST_INNER, LONGEST_INNER_WITHOUT_COPY } from "../sums/part-plan.js";
import { blockLength } from "../sums/block-length.js";
import { exactSum } from "../sums/exact-sum.js";
import type { FusedLowering } from "./fused-lowering.js";
import { rawMatrixProduct } from "./matrix-product.js";

/** Up to this many columns, one product over all kernel offsets is faster than one for each. */
const WIDEST_SINGLE_PRODUCT = 64;

/** A product of two rows of up to this many terms stays within 1e-6, whatever they hold. */
const LONGEST_DOT = 4096;
/** Terms in the parts of a longer one, whose errors add up; shorter parts take longer than an elementwise product. */
const DOT_PART = { longest: 1024, shortest: 256 };

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
    const geometry = convGeometry("lit.ConvWeightGrad", x.shape, weightShape, attrs);
    const [gradient, image] = [
      roundToCompute(graph, dy),
      pad(graph, roundToCompute(graph, x), [0, 0, ...geometry.before], [0, 0, ...geometry.after]),
    ];
    const parts = strips(geometry).map((strip) =>
      reshape(graph, stripGradient(graph, geometry, strip, gradient, image), [1, ...weightShape]),
    );
    const all =
      parts.length === 1
        ? parts[0]
        : graph.op("Concat", parts, { shape: [parts.length, ...weightShape], attrs: { axis: 0 } });
    return all === undefined ? [] : [roundToCompute(graph, reshape(graph, exactSum(graph, all, [0]), weightShape))];
  },
};

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
  const { batch, groups, outChannels, inChannels, kernel } = geometry;
  const rows = slice(graph, dy, { axes: [2], starts: [start], ends: [start + size] });
  if (hasFewPositions(geometry)) {
    const turned = { ...geometry, batch: inChannels, inChannels: batch };
    return productOverImages(
      graph,
      channelsFirst(graph, rows),
      inputWindows(graph, turned, channelsFirst(graph, padded), start),
    );
  }
  const gradRows = reshape(graph, rows, [batch * groups, outChannels / groups, elementCount(geometry.outSpatial)]);
  const windows = inputWindows(graph, geometry, padded, start);
  const columns = (inChannels / groups) * elementCount(kernel);
  const isLongDot = outChannels === groups && inChannels === groups && elementCount(geometry.outSpatial) > LONGEST_DOT;
  return columns <= WIDEST_SINGLE_PRODUCT && !isLongDot
    ? singleProduct(graph, geometry, gradRows, windows)
    : productPerOffset(graph, geometry, gradRows, windows);
}

/**
 * For every kernel offset, the elements of the padded x that it meets in the rows from `firstRow` on: [N · groups, Ci /
 * groups, P].
 */
function inputWindows(graph: GraphBuilder, geometry: ConvGeometry, padded: GraphValue, firstRow: number): GraphValue[] {
  const { batch, groups, inChannels, kernel, stride, dilation, outSpatial } = geometry;
  const axes = kernel.map((_, axis) => axis + 2);
  return kernelOffsets(kernel).map((offset) => {
    const starts = offset.map(
      (position, axis) => position * (dilation[axis] ?? 1) + (axis === 0 ? firstRow * (stride[0] ?? 1) : 0),
    );
    const ends = starts.map((start, axis) => start + extent(outSpatial[axis], stride[axis]));
    const window = slice(graph, padded, { axes, starts, ends, steps: stride });
    return reshape(graph, window, [batch * groups, inChannels / groups, elementCount(outSpatial)]);
  });
}

function productPerOffset(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  gradRows: GraphValue,
  windows: readonly GraphValue[],
): GraphValue {
  const { outChannels, inChannels, groups } = geometry;
  const parts = windows.map((window) => {
    const perImage = productOfRows(graph, gradRows, window);
    return reshape(graph, sumOverBatch(graph, geometry, perImage), [outChannels, inChannels / groups, 1]);
  });
  if (parts.length === 1) return parts[0] ?? gradRows;
  return graph.op("Concat", parts, { shape: [outChannels, inChannels / groups, parts.length], attrs: { axis: 2 } });
}

function singleProduct(
  graph: GraphBuilder,
  geometry: ConvGeometry,
  gradRows: GraphValue,
  windows: readonly GraphValue[],
): GraphValue {
  const { batch, groups, outChannels, inChannels, outSpatial } = geometry;
  const columns = (inChannels / groups) * windows.length;
  const shape = [batch * groups, columns, elementCount(outSpatial)];
  const stacked = windows.length === 1 ? windows[0] : graph.op("Concat", windows, { shape, attrs: { axis: 1 } });
  if (stacked === undefined) return gradRows;
  const sum = sumOverBatch(graph, geometry, productOfRows(graph, gradRows, stacked));
  return transpose(graph, reshape(graph, sum, [outChannels, windows.length, inChannels / groups]), [0, 2, 1]);
}

/**
 * [B, M, P] · [B, N, P]ᵀ. A single row on both sides, as for each channel of a depthwise convolution, is added one term
 * after the other: long ones are cut into parts, which lie one behind the other.
 */
function productOfRows(graph: GraphBuilder, left: GraphValue, right: GraphValue): GraphValue {
  const [batch = 1, rows = 1, length = 1] = left.shape;
  const columns = right.shape[1] ?? 1;
  const isLong = rows === 1 && columns === 1 && length > LONGEST_DOT;
  if (!isLong) return rawMatrixProduct(graph, left, right, { transposeB: true });
  const part = blockLength(length, DOT_PART.longest);
  const isDivided = length % part === 0 && part >= DOT_PART.shortest;
  const cut = (value: GraphValue) => reshape(graph, value, [(batch * length) / part, 1, part]);
  const terms = isDivided
    ? reshape(graph, rawMatrixProduct(graph, cut(left), cut(right), { transposeB: true }), [batch, 1, length / part])
    : graph.op("Mul", [right, left]);
  return reshape(graph, exactSum(graph, terms, [2]), [batch, 1, 1]);
}

function sumOverBatch(
  graph: GraphBuilder,
  { batch, groups, outChannels }: ConvGeometry,
  product: GraphValue,
): GraphValue {
  const columns = product.shape.at(-1) ?? 1;
  return exactSum(graph, reshape(graph, product, [batch, groups, outChannels / groups, columns]), [0]);
}
