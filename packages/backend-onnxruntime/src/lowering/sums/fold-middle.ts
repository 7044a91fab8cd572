import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { binary, reshape, slice } from "../fused/emit.js";
import { blockLength } from "./block-length.js";
import {
  type Fold,
  foldBlock,
  LONGEST_COLUMN,
  LONGEST_COLUMN_BLOCK,
  LONGEST_ROW,
  LONGEST_ROW_BLOCK,
  LONGEST_SINGLE_COLUMN,
  type Middle,
  SHORTEST_ROW_BLOCK,
} from "./fold-block.js";
import { sharedBlockLength, sumSharedBlocks } from "./shared-blocks.js";

/** Of the error, where several stages follow each other. */
export const SHARE_OF_A_STAGE = 0.25;

/**
 * How many terms are added in one go.
 * @param share of the error that may be made; 1 if nothing else is folded before or after
 */
export function longestStage(fold: Fold, { length, inner }: Middle, share: number): number {
  if (inner === 1) return Math.max(LONGEST_ROW_BLOCK, Math.floor(LONGEST_ROW * share));
  if (fold === "product" || share < 1) return LONGEST_COLUMN;
  return length % blockLength(length, LONGEST_COLUMN_BLOCK) > 0 ? LONGEST_SINGLE_COLUMN : LONGEST_COLUMN;
}

/**
 * float32 [outer, length, inner] -> [outer, inner], the terms of a long fold in blocks, and the blocks' results in
 * blocks again. A column's blocks take every n-th term, so that what is added lies in long rows. Where no block divides
 * the length, neighbouring sums share blocks, or, if there are not enough of them, what is left over is folded apart,
 * and the rest must be copied.
 * @param share of the error that may be made; 1 if nothing else is folded before or after
 */
export function foldMiddle(
  graph: GraphBuilder,
  fold: Fold,
  value: GraphValue,
  middle: Middle,
  share: number,
): GraphValue {
  const { outer, length, inner } = middle;
  const isRow = inner === 1;
  if (length <= longestStage(fold, middle, share)) return foldBlock(graph, fold, value, middle);
  const block = blockLength(length, isRow && fold === "sum" ? LONGEST_ROW_BLOCK : LONGEST_COLUMN_BLOCK);
  const shared = fold === "sum" && length % block > 0 ? sharedBlockLength(middle) : undefined;
  if (shared !== undefined) {
    const sums = sumSharedBlocks(graph, value, middle, shared);
    return sums.restored(foldMiddle(graph, fold, sums.value, sums.middle, SHARE_OF_A_STAGE));
  }
  const left = length % block;
  if (left === 0) return foldWholeBlocks(graph, fold, value, middle, block);
  const part = (start: number, end: number) =>
    slice(graph, reshape(graph, value, [outer, length, inner]), { axes: [1], starts: [start], ends: [end] });
  const covered = { outer, length: length - left, inner };
  const whole = foldWholeBlocks(graph, fold, part(0, covered.length), covered, block);
  const rest = foldMiddle(graph, fold, part(covered.length, length), { outer, length: left, inner }, SHARE_OF_A_STAGE);
  return binary(
    graph,
    fold === "sum" ? "Add" : "Mul",
    reshape(graph, whole, [outer, inner]),
    reshape(graph, rest, [outer, inner]),
  );
}

/** @param block divides the length */
function foldWholeBlocks(
  graph: GraphBuilder,
  fold: Fold,
  value: GraphValue,
  { outer, length, inner }: Middle,
  block: number,
): GraphValue {
  const count = length / block;
  const blocks =
    inner === 1 && block >= SHORTEST_ROW_BLOCK
      ? { outer: outer * count, length: block, inner: 1 }
      : { outer, length: block, inner: count * inner };
  const folded = foldBlock(graph, fold, value, blocks);
  return foldMiddle(graph, fold, folded, { outer, length: count, inner }, SHARE_OF_A_STAGE);
}
