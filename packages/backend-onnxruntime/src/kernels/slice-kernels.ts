import { slice_util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { graphDtypeOf, isSameShape } from "../graph/value-spec.js";
import { axesConstant, cast, reshape, slice } from "../lowering/fused/emit.js";
import { reversed } from "../lowering/reversed.js";
import { numberAttribute, numbersAttribute, numbersOf } from "../lowering/read-attributes.js";
import { input, sizedInfo } from "./kernel-inputs.js";

/** Whole numbers up to here are exact in float32, the type of a graph's changing numbers. */
const LARGEST_EXACT = 2 ** 24;

export const SLICE_KERNELS: readonly LazyKernel[] = [sliceKernel(), stridedSlice()];

/**
 * Where the slice begins along the first axis may change from step to step (a loop over batches), so it is no part of
 * the structure.
 */
function sliceKernel(): LazyKernel {
  return {
    name: "Slice",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const [begin, size] = sliceBounds(x.shape, numbersAttribute(attrs, "begin"), attrs?.["size"]);
      const isMoving = (begin[0] ?? 0) > 0 && (begin[0] ?? 0) <= LARGEST_EXACT;
      return {
        inputs: [x],
        outputs: [{ shape: size, dtype: x.dtype }],
        attrs: { begin: isMoving ? begin.with(0, 0) : begin, size },
        ...(isMoving ? { scalars: [begin[0] ?? 0] } : {}),
      };
    },
    lower(graph, [x], attrs, [first]) {
      if (x === undefined) return [];
      const begin = numbersOf(attrs["begin"]);
      const size = numbersOf(attrs["size"]);
      if (isSameShape(x.shape, size)) return [x];
      const axes = begin
        .map((_, axis) => axis)
        .filter((axis) => (axis > 0 || first === undefined) && size[axis] !== x.shape[axis]);
      const fixed = slice(graph, x, {
        axes,
        starts: axes.map((axis) => begin[axis] ?? 0),
        ends: axes.map((axis) => (begin[axis] ?? 0) + (size[axis] ?? 0)),
      });
      return [first === undefined ? fixed : movingSlice(graph, fixed, first, size)];
    },
  };
}

function sliceBounds(shape: number[], begin: number[], size: unknown): [number[], number[]] {
  const given = typeof size === "number" || Array.isArray(size) ? size : -1;
  const x = sizedInfo(shape);
  const [starts = [], sizes = []] = slice_util.parseSliceParams(x, begin, given);
  slice_util.assertParamsValid(x, starts, sizes);
  return [starts, sizes];
}

function movingSlice(graph: GraphBuilder, x: GraphValue, first: GraphValue, size: readonly number[]): GraphValue {
  const start = reshape(graph, cast(graph, first, "int64"), [1]);
  const end = graph.op("Add", [start, axesConstant(graph, [size[0] ?? 1])]);
  return graph.op("Slice", [x, start, end, axesConstant(graph, [0])], { shape: size });
}

function stridedSlice(): LazyKernel {
  return {
    name: "StridedSlice",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      if (graphDtypeOf(x.dtype) === undefined) return null;
      const masks = ["beginMask", "endMask", "ellipsisMask", "newAxisMask", "shrinkAxisMask"].map((name) =>
        numberAttribute(attrs, name),
      );
      const [beginMask = 0, endMask = 0, ellipsisMask = 0, newAxisMask = 0, shrinkAxisMask = 0] = masks;
      const bounds = ["begin", "end", "strides"].map((name) => numbersAttribute(attrs, name));
      const [begin = [], end = [], strides = []] = bounds;
      const info = slice_util.sliceInfo(
        x.shape,
        begin,
        end,
        strides,
        beginMask,
        endMask,
        ellipsisMask,
        newAxisMask,
        shrinkAxisMask,
      );
      const structural = {
        begin: info.begin,
        strides: info.strides,
        sparse: info.isIdentity ? x.shape : slice_util.computeOutShape(info.begin, info.end, info.strides),
        shape: info.finalShape,
      };
      return { inputs: [x], outputs: [{ shape: info.finalShape, dtype: x.dtype }], attrs: structural };
    },
    lower(graph, [x], attrs) {
      if (x === undefined) return [];
      const begin = numbersOf(attrs["begin"]);
      const strides = numbersOf(attrs["strides"]);
      const sparse = numbersOf(attrs["sparse"]);
      const axes = begin.map((_, axis) => axis);
      const last = begin.map((start, axis) => start + ((sparse[axis] ?? 1) - 1) * (strides[axis] ?? 1));
      const starts = begin.map((start, axis) => (sparse[axis] === 0 ? 0 : Math.min(start, last[axis] ?? start)));
      const ends = begin.map((start, axis) => (sparse[axis] === 0 ? 0 : Math.max(start, last[axis] ?? start) + 1));
      const forwards = slice(graph, x, { axes, starts, ends, steps: strides.map(Math.abs) });
      const turned = axes.filter((axis) => (strides[axis] ?? 1) < 0);
      const part = reversed(graph, forwards, turned);
      return [reshape(graph, part, numbersOf(attrs["shape"]))];
    },
  };
}
