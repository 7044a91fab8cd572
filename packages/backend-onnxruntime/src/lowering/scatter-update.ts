import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { elementCount } from "../graph/value-spec.js";
import { axesConstant, cast, range, reshape } from "./fused/emit.js";
import { rowNumbers } from "./scatter-add.js";

/**
 * A copy of `base` in which the slices that `indices` names are replaced; of several updates of a slice the last one
 * wins. ONNX Runtime's `ScatterND` writes from several threads in no order, so every update first gets the values of
 * the one that wins.
 * @param indices [..., depth] int32, or [count] for depth 1
 * @param updates one slice for each index, or a single number for all; of the dtype of `base`
 */
export function scatterUpdate(
  graph: GraphBuilder,
  base: GraphValue,
  indices: GraphValue,
  updates: GraphValue,
): GraphValue {
  const tuples = indices.shape.length === 1 ? reshape(graph, indices, [...indices.shape, 1]) : indices;
  const depth = tuples.shape.at(-1) ?? 1;
  const count = elementCount(tuples.shape.slice(0, -1));
  const extents = base.shape.slice(0, depth);
  const slice = base.shape.slice(depth);
  const rows = cast(graph, rowNumbers(graph, tuples, { count, extents, outside: "fails" }), "int64");
  const values =
    updates.shape.length === 0
      ? graph.op("Expand", [updates, axesConstant(graph, [count, ...slice])], { shape: [count, ...slice] })
      : winners(graph, rows, reshape(graph, updates, [count, ...slice]), elementCount(extents));
  const flat = reshape(graph, base, [elementCount(extents), ...slice]);
  return reshape(graph, graph.op("ScatterND", [flat, reshape(graph, rows, [count, 1]), values]), base.shape);
}

/** [count, ...slice]: for each update the values of the last one of the same row. */
function winners(graph: GraphBuilder, rows: GraphValue, updates: GraphValue, rowCount: number): GraphValue {
  const [count = 0] = updates.shape;
  if (count < 2) return updates;
  const none = graph.op("Expand", [graph.constant(0, "int64", []), axesConstant(graph, [rowCount])], {
    dtype: "int64",
    shape: [rowCount],
  });
  const last = graph.op("ScatterElements", [none, rows, positions(graph, count)], {
    attrs: { axis: 0, reduction: "max" },
  });
  const winner = graph.op("Gather", [last, rows], { shape: [count], attrs: { axis: 0 } });
  return graph.op("Gather", [updates, winner], { attrs: { axis: 0 } });
}

/** 0, 1, …, count - 1, without taking room in the model where there are many. */
function positions(graph: GraphBuilder, count: number): GraphValue {
  if (count <= 64) return graph.constant(range(0, count), "int64", [count]);
  return graph.op(
    "Range",
    [graph.constant(0, "int64", []), graph.constant(count, "int64", []), graph.constant(1, "int64", [])],
    { dtype: "int64", shape: [count] },
  );
}
