import { backend_util, util } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { LazyKernel } from "../contract/lazy-kernel.js";
import { elementCount, graphDtypeOf } from "../graph/value-spec.js";
import { checkIndices, checkTuples } from "../lowering/check-indices.js";
import { axesConstant, cast, reshape, transpose } from "../lowering/fused/emit.js";
import { scatterAdd, scatterAddProgram, scatterAttributes, scatterTaskOf } from "../lowering/scatter-add.js";
import { scatterUpdate } from "../lowering/scatter-update.js";
import { throughIntegers } from "../lowering/through-integers.js";
import { booleanAttribute, numberAttribute, numbersAttribute, numbersOf } from "../lowering/read-attributes.js";
import { input, sizedInfo } from "./kernel-inputs.js";

/** Picks slices by index. `areChecked` says that the host has seen the indices and found them in range. */
export const GATHER_KERNEL: LazyKernel = {
  name: "GatherV2",
  record(inputs, attrs) {
    const x = input(inputs, "x");
    const indices = input(inputs, "indices");
    if (graphDtypeOf(x.dtype) === undefined || indices.dtype !== "int32") return null;
    const [axis = 0] = util.parseAxisParam(numberAttribute(attrs, "axis"), x.shape);
    const batchDims = typeof attrs?.["batchDims"] === "number" ? attrs["batchDims"] : 0;
    const info = gatherShapes(x.shape, indices.shape, axis, batchDims);
    return {
      inputs: [x, indices],
      outputs: [{ shape: info.outputShape, dtype: x.dtype }],
      attrs: { axis, batchDims, areChecked: booleanAttribute(attrs, "areChecked") },
    };
  },
  indices: (attrs, [x]) => ({ input: 1, count: x?.at(Number(attrs["axis"])) ?? 0 }),
  lower(graph, [x, indices], attrs) {
    if (x === undefined || indices === undefined) return [];
    const axis = Number(attrs["axis"]);
    const info = gatherShapes(x.shape, indices.shape, axis, Number(attrs["batchDims"]));
    if (attrs["areChecked"] !== true) checkIndices(graph, indices, info.dimSize);
    if (info.batchSize === 1 && Number(attrs["batchDims"]) === 0)
      return [graph.op("Gather", [x, indices], { shape: info.outputShape, attrs: { axis } })];
    return [gatherPerBatch(graph, x, indices, info)];
  },
};

type GatherShapes = Pick<
  backend_util.segment_util.GatherOpShapeInfo,
  "batchSize" | "outerSize" | "dimSize" | "sliceSize" | "outputShape"
>;

function gatherShapes(
  xShape: readonly number[],
  indexShape: readonly number[],
  axis: number,
  batchDims: number,
): GatherShapes {
  const { collectGatherOpShapeInfo } = backend_util.segment_util;
  return collectGatherOpShapeInfo(sizedInfo(xShape), sizedInfo(indexShape), axis, batchDims);
}

function gatherPerBatch(graph: GraphBuilder, x: GraphValue, indices: GraphValue, info: GatherShapes): GraphValue {
  const { batchSize, outerSize, dimSize, sliceSize } = info;
  const count = elementCount(indices.shape) / batchSize;
  const rows = transpose(graph, reshape(graph, x, [batchSize, outerSize, dimSize, sliceSize]), [0, 2, 1, 3]);
  const positions = cast(graph, reshape(graph, indices, [batchSize, count, 1]), "int64");
  const shape = [batchSize, count, outerSize, sliceSize];
  const picked = graph.op("GatherND", [rows, positions], { shape, attrs: { batch_dims: 1 } });
  return reshape(graph, transpose(graph, picked, [0, 2, 1, 3]), info.outputShape);
}

export const INDEX_KERNELS: readonly LazyKernel[] = [
  gatherNd(),
  scatterNd(),
  tensorScatterUpdate(),
  sparseToDense(),
  unsortedSegmentSum(),
];

function gatherNd(): LazyKernel {
  return {
    name: "GatherNd",
    record(inputs) {
      const params = input(inputs, "params");
      const indices = input(inputs, "indices");
      const depth = indices.shape.at(-1) ?? 0;
      if (graphDtypeOf(params.dtype) === undefined || indices.dtype !== "int32" || depth === 0) return null;
      const [shape] = backend_util.prepareAndValidate(sizedInfo(params.shape), {
        ...sizedInfo(indices.shape),
        dtype: indices.dtype,
      });
      return { inputs: [params, indices], outputs: [{ shape, dtype: params.dtype }] };
    },
    lower(graph, [params, indices]) {
      if (params === undefined || indices === undefined) return [];
      const depth = indices.shape.at(-1) ?? 0;
      checkTuples(graph, indices, params.shape.slice(0, depth));
      const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(depth)];
      return [graph.op("GatherND", [params, cast(graph, indices, "int64")], { shape })];
    },
  };
}

function scatterNd(): LazyKernel {
  return {
    name: "ScatterNd",
    record(inputs, attrs) {
      const indices = input(inputs, "indices");
      const updates = input(inputs, "updates");
      const shape = numbersAttribute(attrs, "shape");
      if (
        updates.dtype === "bool" ||
        graphDtypeOf(updates.dtype) === undefined ||
        indices.dtype !== "int32" ||
        indices.shape.length < 1
      )
        return null;
      const depth = indices.shape.length === 1 ? 1 : (indices.shape.at(-1) ?? 1);
      const [count, width] = [util.sizeFromShape(indices.shape) / depth, util.sizeFromShape(shape.slice(depth))];
      const task = scatterAttributes({
        count,
        width,
        extents: shape.slice(0, depth),
        outside: "fails",
        skippedRow: -1,
      });
      const isRowWise = updates.dtype === "float32" && util.sizeFromShape(updates.shape) === count * width;
      return {
        inputs: [updates, indices],
        outputs: [{ shape, dtype: updates.dtype }],
        attrs: { ...task, shape, isRowWise },
      };
    },
    program: (attrs) => (attrs["isRowWise"] === true ? scatterAddProgram(scatterTaskOf(attrs)) : undefined),
    lower(graph, [updates, indices], attrs) {
      if (indices === undefined || updates === undefined) return [];
      const task = scatterTaskOf(attrs);
      const flat = [task.count, task.width];
      const values =
        updates.shape.length === 0
          ? graph.op("Expand", [updates, axesConstant(graph, flat)], { shape: flat })
          : reshape(graph, updates, flat);
      return [reshape(graph, scatterAdd(graph, values, indices, task), numbersOf(attrs["shape"]))];
    },
  };
}

function tensorScatterUpdate(): LazyKernel {
  return {
    name: "TensorScatterUpdate",
    record(inputs) {
      const tensor = input(inputs, "tensor");
      const indices = input(inputs, "indices");
      const updates = input(inputs, "updates");
      if (
        graphDtypeOf(tensor.dtype) === undefined ||
        updates.dtype !== tensor.dtype ||
        indices.dtype !== "int32" ||
        indices.shape.length < 1
      )
        return null;
      return { inputs: [tensor, indices, updates], outputs: [{ shape: tensor.shape, dtype: tensor.dtype }] };
    },
    lower(graph, [tensor, indices, updates]) {
      if (tensor === undefined || indices === undefined || updates === undefined) return [];
      return [
        throughIntegers(graph, tensor, (base) => scatterUpdate(graph, base, indices, cast(graph, updates, base.dtype))),
      ];
    },
  };
}

function sparseToDense(): LazyKernel {
  return {
    name: "SparseToDense",
    record(inputs, attrs) {
      const indices = input(inputs, "sparseIndices");
      const values = input(inputs, "sparseValues");
      const fallback = input(inputs, "defaultValue");
      const shape = numbersAttribute(attrs, "outputShape");
      if (graphDtypeOf(values.dtype) === undefined || fallback.dtype !== values.dtype || indices.shape.length < 1)
        return null;
      if (util.sizeFromShape(fallback.shape) !== 1 || (indices.shape.length === 1 && shape.length > 1)) return null;
      return { inputs: [indices, values, fallback], outputs: [{ shape, dtype: values.dtype }], attrs: { shape } };
    },
    lower(graph, [indices, values, fallback], attrs) {
      if (indices === undefined || values === undefined || fallback === undefined) return [];
      const shape = numbersOf(attrs["shape"]);
      const base = graph.op("Expand", [reshape(graph, fallback, []), axesConstant(graph, shape)], { shape });
      return [
        throughIntegers(graph, base, (target) =>
          scatterUpdate(graph, target, indices, cast(graph, values, target.dtype)),
        ),
      ];
    },
  };
}

/** Sums rows by segment; rows whose segment does not exist count nowhere. */
function unsortedSegmentSum(): LazyKernel {
  return {
    name: "UnsortedSegmentSum",
    record(inputs, attrs) {
      const x = input(inputs, "x");
      const segmentIds = input(inputs, "segmentIds");
      const segments = numberAttribute(attrs, "numSegments");
      if (x.dtype !== "float32" || segmentIds.dtype !== "int32" || segmentIds.shape.length !== 1) return null;
      const [count = 0, ...slice] = x.shape;
      const task = scatterAttributes({
        count,
        width: util.sizeFromShape(slice),
        extents: [segments],
        outside: "skipped",
        skippedRow: -1,
      });
      return { inputs: [x, segmentIds], outputs: [{ shape: [segments, ...slice], dtype: "float32" }], attrs: task };
    },
    program: (attrs) => scatterAddProgram(scatterTaskOf(attrs)),
    lower(graph, [x, segmentIds], attrs) {
      if (x === undefined || segmentIds === undefined) return [];
      const task = scatterTaskOf(attrs);
      const sums = scatterAdd(graph, reshape(graph, x, [task.count, task.width]), segmentIds, task);
      return [reshape(graph, sums, [task.extents[0] ?? 0, ...x.shape.slice(1)])];
    },
  };
}
