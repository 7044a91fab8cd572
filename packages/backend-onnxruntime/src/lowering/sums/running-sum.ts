import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { binary, pad, reshape, slice } from "../fused/emit.js";
import { foldMiddle, SHARE_OF_A_STAGE } from "./fold-middle.js";

/** ONNX adds one term after the other: up to here the error stays below 1e-6 of the sum of magnitudes. */
const LONGEST = 64;

export interface RunningSumOptions {
  readonly axis: number;
  /** Sums what comes before each element, without it. */
  readonly exclusive: boolean;
  /** Sums from the end. */
  readonly reverse: boolean;
}

/**
 * Running sums along an axis; a long one in blocks, each starting from the exact sum of the blocks before. float32 or
 * int32.
 */
export function runningSum(
  graph: GraphBuilder,
  x: GraphValue,
  { axis, exclusive, reverse }: RunningSumOptions,
): GraphValue {
  const length = x.shape[axis] ?? 1;
  const attrs = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
  if (x.dtype !== "float32" || length <= LONGEST || x.shape.includes(0))
    return graph.op("CumSum", [x, graph.constant(axis, "int64")], { attrs });
  const [outer, inner] = [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis + 1))];
  const count = Math.ceil(length / LONGEST);
  const missing = count * LONGEST - length;
  const terms = reshape(graph, pad(graph, reshape(graph, x, [outer, length, inner]), [0, 0, 0], [0, missing, 0]), [
    outer,
    count,
    LONGEST,
    inner,
  ]);
  const within = graph.op("CumSum", [terms, graph.constant(2, "int64")], { attrs });
  const sums = reshape(
    graph,
    foldMiddle(graph, "sum", terms, { outer: outer * count, length: LONGEST, inner }, SHARE_OF_A_STAGE),
    [outer, count, inner],
  );
  const starts = reshape(graph, runningSum(graph, sums, { axis: 1, exclusive: true, reverse }), [
    outer,
    count,
    1,
    inner,
  ]);
  const all = reshape(graph, binary(graph, "Add", within, starts), [outer, count * LONGEST, inner]);
  return reshape(graph, slice(graph, all, { axes: [1], starts: [0], ends: [length] }), x.shape);
}
