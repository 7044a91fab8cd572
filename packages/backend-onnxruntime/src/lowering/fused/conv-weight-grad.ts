import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { FusedKernelError, numbersAttribute, requiredInput } from "./attributes.js";
import { roundToCompute } from "./autocast.js";
import { convGeometry, type ConvGeometry, convStructure, extent, kernelOffsets, outputShape } from "./conv-geometry.js";
import { elementCount, isEmpty, reshape, sameShape, slice, transpose, zeros } from "./emit.js";
import { exactSum } from "../sums/exact-sum.js";
import { rawMatrixProduct } from "./matrix-product.js";

/** Up to this many columns, one product over all kernel offsets is faster than one for each. */
const WIDEST_SINGLE_PRODUCT = 64;

/**
 * Gradient of a convolution in its weight: for every offset of the kernel, the part of x that it meets, times dy.
 * Copying those parts and multiplying takes a third of the time of a convolution with the axes swapped.
 */
export const convWeightGrad: LazyKernel = {
  name: "lit.ConvWeightGrad",

  record(inputs, attrs) {
    const x = requiredInput("lit.ConvWeightGrad", inputs, "x");
    const dy = requiredInput("lit.ConvWeightGrad", inputs, "dy");
    const weightShape = numbersAttribute(attrs, "weightShape");
    const expected = outputShape(convGeometry("lit.ConvWeightGrad", x.shape, weightShape, attrs));
    if (!sameShape(dy.shape, expected)) {
      throw new FusedKernelError(`lit.ConvWeightGrad's dy does not fit its input. Expected [${expected.join(", ")}]. Received [${dy.shape.join(", ")}].`);
    }
    return { inputs: [x, dy], outputs: [{ shape: weightShape, dtype: "float32" }], attrs: { ...convStructure(attrs), weightShape } };
  },

  lower(graph, [x, dy], attrs) {
    if (x === undefined || dy === undefined) return [];
    const weightShape = numbersAttribute(attrs, "weightShape");
    if (isEmpty(x) || isEmpty(dy) || weightShape.includes(0)) return [zeros(graph, weightShape)];
    const geometry = convGeometry("lit.ConvWeightGrad", x.shape, weightShape, attrs);
    const { batch, groups, outChannels, inChannels, kernel } = geometry;
    const positions = elementCount(geometry.outSpatial);
    const columns = (inChannels / groups) * elementCount(kernel);
    const gradRows = reshape(graph, roundToCompute(graph, dy), [batch * groups, outChannels / groups, positions]);
    const windows = inputWindows(graph, geometry, roundToCompute(graph, x));
    const dw = columns <= WIDEST_SINGLE_PRODUCT ? singleProduct(graph, geometry, gradRows, windows) : productPerOffset(graph, geometry, gradRows, windows);
    return [roundToCompute(graph, reshape(graph, dw, weightShape))];
  },
};

/** For every kernel offset, the elements of x that it meets: [N · groups, Ci / groups, P]. */
function inputWindows(graph: GraphBuilder, geometry: ConvGeometry, x: GraphValue): GraphValue[] {
  const { batch, groups, inChannels, kernel, stride, dilation, outSpatial } = geometry;
  const padded = padInput(graph, geometry, x);
  const axes = kernel.map((_, axis) => axis + 2);
  return kernelOffsets(kernel).map((offset) => {
    const starts = offset.map((position, axis) => position * (dilation[axis] ?? 1));
    const ends = starts.map((start, axis) => start + extent(outSpatial[axis], stride[axis]));
    const window = slice(graph, padded, { axes, starts, ends, steps: stride });
    return reshape(graph, window, [batch * groups, inChannels / groups, elementCount(outSpatial)]);
  });
}

function padInput(graph: GraphBuilder, { before, after, inSpatial }: ConvGeometry, x: GraphValue): GraphValue {
  if ([...before, ...after].every((count) => count === 0)) return x;
  const shape = [...x.shape.slice(0, 2), ...inSpatial.map((size, axis) => size + (before[axis] ?? 0) + (after[axis] ?? 0))];
  return graph.op("Pad", [x, graph.constant([0, 0, ...before, 0, 0, ...after], "int64")], { shape });
}

function productPerOffset(graph: GraphBuilder, geometry: ConvGeometry, gradRows: GraphValue, windows: readonly GraphValue[]): GraphValue {
  const { outChannels, inChannels, groups } = geometry;
  const parts = windows.map((window) => {
    const perImage = rawMatrixProduct(graph, gradRows, window, { transposeB: true });
    return reshape(graph, sumOverBatch(graph, geometry, perImage), [outChannels, inChannels / groups, 1]);
  });
  if (parts.length === 1) return parts[0] ?? gradRows;
  return graph.op("Concat", parts, { shape: [outChannels, inChannels / groups, parts.length], attrs: { axis: 2 } });
}

function singleProduct(graph: GraphBuilder, geometry: ConvGeometry, gradRows: GraphValue, windows: readonly GraphValue[]): GraphValue {
  const { batch, groups, outChannels, inChannels, outSpatial } = geometry;
  const columns = (inChannels / groups) * windows.length;
  const shape = [batch * groups, columns, elementCount(outSpatial)];
  const stacked = windows.length === 1 ? windows[0] : graph.op("Concat", windows, { shape, attrs: { axis: 1 } });
  if (stacked === undefined) return gradRows;
  const sum = sumOverBatch(graph, geometry, rawMatrixProduct(graph, gradRows, stacked, { transposeB: true }));
  return transpose(graph, reshape(graph, sum, [outChannels, windows.length, inChannels / groups]), [0, 2, 1]);
}

function sumOverBatch(graph: GraphBuilder, { batch, groups, outChannels }: ConvGeometry, product: GraphValue): GraphValue {
  const columns = product.shape.at(-1) ?? 1;
  return exactSum(graph, reshape(graph, product, [batch, groups, outChannels / groups, columns]), [0]);
}
