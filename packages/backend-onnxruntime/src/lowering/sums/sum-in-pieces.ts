import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { PiecesProgram } from "../../contract/pieces-program.js";
import { elementCount } from "../../graph/value-spec.js";
import { binary, concat, floatConstant, range, reducedShape, reshape } from "../fused/emit.js";
import { foldGroups } from "./fold-groups.js";
import type { AxisGroup } from "./axis-groups.js";
import { foldBlock } from "./fold-block.js";
import { foldMiddle, SHARE_OF_A_STAGE } from "./fold-middle.js";
import { type PiecePlan, piecePlan, type SharedPlan, sharedPlan } from "./piece-plan.js";

export interface SumRequest {
  /** Of what is summed. */
  readonly shape: readonly number[];
  readonly axes: readonly number[];
  readonly keepDims: boolean;
  readonly isMean: boolean;
}

/**
 * Large sums over an axis that no block divides read where they lie what a graph would have to copy: each its whole
 * blocks, and what is left over; or, of many sums, those that share blocks, and those that are left over.
 *
 * @returns `undefined` where a sum does as well inside of a graph
 */
export function sumInPieces(request: SumRequest): PiecesProgram | undefined {
  const plan = piecePlan(request.shape, request.axes);
  if (plan !== undefined) return eachInBlocks(request, plan);
  const shared = sharedPlan(request.shape, request.axes);
  return shared === undefined ? undefined : mostInSharedBlocks(request, shared);
}

function eachInBlocks(request: SumRequest, plan: PiecePlan): PiecesProgram {
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
      const all = [concat(graph, blocks, 0), concat(graph, pieces.slice(outer), 0)].map((terms) =>
        sumTerms(graph, terms),
      );
      return finished(
        graph,
        all.reduce((sum, next) => binary(graph, "Add", sum, next)),
        rest,
        request,
      );
    },
  };
}

function mostInSharedBlocks(request: SumRequest, { middle, sums, rest }: SharedPlan): PiecesProgram {
  const { outer, length, inner } = middle;
  return {
    kind: "pieces",
    pieces: [
      { start: 0, shape: [sums, length, inner] },
      { start: sums * length * inner, shape: [outer - sums, length, inner] },
    ],
    lower: (graph, pieces) =>
      finished(
        graph,
        concat(
          graph,
          pieces.map((terms) => sumTerms(graph, terms)),
          0,
        ),
        rest,
        request,
      ),
  };
}

/** The sums of the first fold -> the result. */
function finished(
  graph: GraphBuilder,
  sums: GraphValue,
  rest: readonly AxisGroup[],
  { shape, axes, keepDims, isMean }: SumRequest,
): GraphValue {
  const sum = foldGroups(graph, "sum", sums, rest, reducedShape(shape, axes, keepDims), SHARE_OF_A_STAGE);
  if (!isMean) return sum;
  return binary(graph, "Div", sum, floatConstant(graph, elementCount(shape) / elementCount(sum.shape)));
}

/** [1, covered, inner] -> [1, blocks, inner]. As in `foldMiddle`, a column's blocks take every n-th term. */
function sumBlocks(graph: GraphBuilder, terms: GraphValue, { covered, block, inner }: PiecePlan): GraphValue {
  const count = covered / block;
  const blocks =
    inner === 1 ? { outer: count, length: block, inner: 1 } : { outer: 1, length: block, inner: count * inner };
  return reshape(graph, foldBlock(graph, "sum", terms, blocks), [1, count, inner]);
}

/** [outer, length, inner] -> [outer, inner] */
function sumTerms(graph: GraphBuilder, terms: GraphValue): GraphValue {
  const [outer = 0, length = 0, inner = 0] = terms.shape;
  const sums = foldMiddle(graph, "sum", terms, { outer, length, inner }, SHARE_OF_A_STAGE);
  return reshape(graph, sums, [outer, inner]);
}
