import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { PiecesProgram } from "../../contract/pieces-program.js";
import { elementCount } from "../../graph/value-spec.js";
import { binary, floatConstant, range, reducedShape, reshape } from "../fused/emit.js";
import { foldGroups } from "./fold-groups.js";
import { foldBlock, foldMiddle, LONGEST_ROW_BLOCK } from "./fold-middle.js";
import { type PiecePlan, piecePlan } from "./piece-plan.js";

export interface SumRequest {
  /** Of what is summed. */
  readonly shape: readonly number[];
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  readonly isMean: boolean;
}

/**
 * Large sums over an axis that no block divides: each reads its whole blocks, and what is left over, where they lie.
 *
 * @returns `undefined` where a sum does as well inside of a graph
 */
export function sumInPieces({ shape, axes, keepDims, isMean }: SumRequest): PiecesProgram | undefined {
  const plan = piecePlan(shape, axes);
  if (plan === undefined) return undefined;
  const { outer, covered, left, inner, rest } = plan;
  const starts = range(0, outer).map((sum) => sum * (covered + left) * inner);
  return {
    kind: "pieces",
    pieces: [
      ...starts.map((start) => ({ start, shape: [1, covered, inner] })),
      ...starts.map((start) => ({ start: start + covered * inner, shape: [1, left, inner] })),
    ],
    lower(graph, pieces) {
      const blocks = pieces.slice(0, outer).map((terms) => sumBlocks(graph, terms, plan));
      const all = [stacked(graph, blocks), stacked(graph, pieces.slice(outer))].map((terms) => sumTerms(graph, terms));
      const sums = all.reduce((sum, next) => binary(graph, "Add", sum, next));
      const sum = foldGroups(graph, "sum", sums, rest, reducedShape(shape, axes, keepDims));
      if (!isMean) return sum;
      return binary(graph, "Div", sum, floatConstant(graph, elementCount(shape) / elementCount(sum.shape)));
    },
  };
}

/** [1, covered, inner] -> [1, blocks, inner]. As in `foldMiddle`, a column's blocks take every n-th term. */
function sumBlocks(graph: GraphBuilder, terms: GraphValue, { covered, block, inner }: PiecePlan): GraphValue {
  const count = covered / block;
  const blocks =
    inner === 1 ? { outer: count, length: block, inner: 1 } : { outer: 1, length: block, inner: count * inner };
  return reshape(graph, foldBlock(graph, "sum", terms, blocks), [1, count, inner]);
}

/** The same kind of value for every sum, one behind the other. */
function stacked(graph: GraphBuilder, values: readonly GraphValue[]): GraphValue {
  const [first] = values;
  if (first === undefined) throw new RangeError("There is at least one sum.");
  if (values.length === 1) return first;
  return graph.op("Concat", values, { shape: [values.length, ...first.shape.slice(1)], attrs: { axis: 0 } });
}

/** [outer, length, inner] -> [outer, inner] */
function sumTerms(graph: GraphBuilder, terms: GraphValue): GraphValue {
  const [outer = 0, length = 0, inner = 0] = terms.shape;
  const sums = foldMiddle(graph, "sum", terms, { outer, length, inner }, LONGEST_ROW_BLOCK);
  return reshape(graph, sums, [outer, inner]);
}
