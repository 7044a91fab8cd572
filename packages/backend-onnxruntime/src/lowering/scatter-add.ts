import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import type { StructuralAttributes } from "../contract/lazy-kernel.js";
import type { ScatterProgram, ScatterTask } from "../contract/scatter-program.js";
import { scatterParts, scatterProgram } from "../programs/scatter-module.js";
import { partBounds, scatterRows } from "../programs/scatter-plan.js";
import { checkTuples } from "./check-indices.js";
import { Elementwise } from "./elementwise.js";
import { axesConstant, binary, cast, range, reshape, slice } from "./fused/emit.js";
import { rawMatrixProduct } from "./fused/matrix-product.js";
import { elementCount } from "../graph/value-spec.js";

/**
 * Elements of updates and table below which leaving the graph takes longer than `ScatterElements`, which is slow but
 * needs no other run.
 */
const LEAST_PROGRAM_ELEMENTS = 2048;

/** Marks (rows of the table times updates) up to which a product is quicker than leaving the device. */
const MOST_MARKS = 2 ** 27;

/** In a graph, the host may have checked the indices. */
export interface GraphScatter extends ScatterTask {
  /** @default false */
  readonly areChecked?: boolean;
}

/** The program for a scatter of float32; `undefined` for those that are better off in a graph. */
export function scatterAddProgram(task: ScatterTask): ScatterProgram | undefined {
  const { count, width } = task;
  return count * width < LEAST_PROGRAM_ELEMENTS ? undefined : scatterProgram(task);
}

/**
 * The sums of a `ScatterTask` as nodes of a graph: [rows, width], in the dtype of the updates.
 * ONNX Runtime's `ScatterND` loses updates when several threads meet in a row; `ScatterElements` adds one after the
 * other. In float64, and in the program's parts, it computes the program's bits.
 * @param updates [count, width], float32 or int32
 * @param indices [..., extents.length], or without that extent if it is 1; int32
 */
export function scatterAdd(
  graph: GraphBuilder,
  updates: GraphValue,
  indices: GraphValue,
  task: GraphScatter,
): GraphValue {
  const { count, width } = task;
  const rows = scatterRows(task);
  const dtype = updates.dtype === "float32" ? "float64" : updates.dtype;
  const counted = withoutSkipped(graph, rowNumbers(graph, indices, task), updates, task);
  if (graph.target?.scatters === false && dtype === "float64" && rows * count <= MOST_MARKS)
    return productOfMarks(graph, counted, rows, count);
  const places = graph.op(
    "Expand",
    [reshape(graph, cast(graph, counted.rows, "int64"), [count, 1]), axesConstant(graph, [count, width])],
    { dtype: "int64", shape: [count, width] },
  );
  const values = cast(graph, counted.updates, dtype);
  const base = graph.op("Expand", [graph.constant(0, dtype, []), axesConstant(graph, [rows, width])], {
    shape: [rows, width],
  });
  const bounds = dtype === "float64" ? partBounds(task, scatterParts(task)) : [0, count];
  const sums = bounds.slice(1).map((end, part) => {
    const [own, to] = [values, places].map((value) =>
      slice(graph, value, { axes: [0], starts: [bounds[part] ?? 0], ends: [end] }),
    );
    return graph.op("ScatterElements", [base, to, own], { attrs: { axis: 0, reduction: "add" } });
  });
  return cast(
    graph,
    sums.reduce((total, sum) => binary(graph, "Add", total, sum)),
    updates.dtype,
  );
}

/**
 * The sums as a product: each row of the table marks its updates with ones. A number that is not finite makes all rows
 * NaN.
 */
function productOfMarks(
  graph: GraphBuilder,
  { rows: numbers, updates }: { readonly rows: GraphValue; readonly updates: GraphValue },
  rows: number,
  count: number,
): GraphValue {
  const own = reshape(graph, graph.constant(range(0, rows), "int32"), [rows, 1]);
  const isOwn = graph.op("Equal", [own, reshape(graph, numbers, [1, count])], { dtype: "bool", shape: [rows, count] });
  return rawMatrixProduct(graph, cast(graph, isOwn, "float32"), updates);
}

/** Updates that count nowhere become zeros for the first row. */
function withoutSkipped(
  graph: GraphBuilder,
  rows: GraphValue,
  updates: GraphValue,
  task: ScatterTask,
): { rows: GraphValue; updates: GraphValue } {
  const { count, outside, skippedRow } = task;
  const e = new Elementwise(graph);
  const conditions = [
    ...(outside === "skipped" ? [e.greaterOrEqual(rows, 0), e.less(rows, scatterRows(task))] : []),
    ...(skippedRow >= 0 ? [e.not(e.equal(rows, skippedRow))] : []),
  ];
  if (conditions.length === 0) return { rows, updates };
  const counts = conditions.reduce((all, condition) => e.and(all, condition));
  return { rows: e.where(counts, rows, 0), updates: e.where(reshape(graph, counts, [count, 1]), updates, 0) };
}

/** Sizes and rules as a recording keeps them. */
export function scatterAttributes({ count, width, extents, outside, skippedRow }: ScatterTask): StructuralAttributes {
  return { count, width, extents, outside, skippedRow };
}

export function scatterTaskOf(attrs: StructuralAttributes): ScatterTask {
  const { count, width, extents, outside, skippedRow } = attrs;
  return {
    count: Number(count),
    width: Number(width),
    extents: Array.isArray(extents) ? extents.map(Number) : [],
    outside: outside === "skipped" ? outside : "fails",
    skippedRow: Number(skippedRow),
  };
}

/**
 * [count] int32: which row each index means; -1 for one that is not in the table and may be passed over. Where it may
 * not, the run counts as failed, and the first row stands in.
 */
export function rowNumbers(
  graph: GraphBuilder,
  indices: GraphValue,
  { count, extents, outside, areChecked = false }: Pick<GraphScatter, "count" | "extents" | "outside" | "areChecked">,
): GraphValue {
  const tuples = reshape(graph, indices, [count, extents.length]);
  if (extents.length === 1 && (areChecked || outside === "skipped")) return reshape(graph, tuples, [count]);
  if (outside === "fails") checkTuples(graph, tuples, extents);
  const e = new Elementwise(graph);
  const stand = outside === "fails" ? 0 : -1;
  const exists = e.and(
    e.greaterOrEqual(tuples, 0),
    e.less(tuples, graph.constant([...extents], "int32", [extents.length])),
  );
  if (extents.length === 1) return reshape(graph, e.where(exists, tuples, stand), [count]);
  const strides = extents.map((_, level) => elementCount(extents.slice(level + 1)));
  const parts = e.mul(tuples, graph.constant(strides, "int32", [extents.length]));
  const row = graph.op("ReduceSum", [parts, axesConstant(graph, [1])], { shape: [count], attrs: { keepdims: 0 } });
  const all = graph.op("ReduceMin", [cast(graph, exists, "int32"), axesConstant(graph, [1])], {
    shape: [count],
    attrs: { keepdims: 0 },
  });
  return e.where(cast(graph, all, "bool"), row, stand);
}
