import { elementCount } from "../../graph/value-spec.js";
import { type AxisGroup, axisGroups } from "./axis-groups.js";
import { blockLength } from "./block-length.js";
import { isOneNode } from "./exact-sum.js";
import { firstShare, type GroupFold, nextFold } from "./fold-groups.js";
import { longestStage } from "./fold-middle.js";
import { blockOfMostSums, sharedBlockLength } from "./shared-blocks.js";
import { LONGEST_COLUMN_BLOCK, LONGEST_ROW_BLOCK, type Middle } from "./fold-block.js";

/** From here on not copying saves more than a graph of its own costs. */
const LEAST_ELEMENTS = 262_144;
/** Blocks that are this much shorter than they may be leave too much to the next stage. */
const SHORTEST_SHARE = 0.125;
/** Each sum is a node of its own, and pays for it from this many elements on. */
const LEAST_ELEMENTS_OF_A_SUM = 32_768;
const MOST_SUMS = 64;

/** How sums over an axis that no block divides are read where they lie. */
export interface PiecePlan {
  /** Sums that lie one behind the other, and the terms of each: those in whole blocks, and those left over. */
  readonly outer: number;
  readonly covered: number;
  readonly left: number;
  /** Terms in a block. */
  readonly block: number;
  /** Elements of a term. */
  readonly inner: number;
  /** The groups of axes after the first fold. */
  readonly rest: readonly AxisGroup[];
}

/** How many sums share blocks, where some are left that do not. */
export interface SharedPlan {
  readonly middle: Middle;
  /** Sums of the first piece, which is a multiple of the block. */
  readonly sums: number;
  readonly rest: readonly AxisGroup[];
}

/** Whether a large sum is better read piece by piece, in a graph of its own. */
export function needsPieces(shape: readonly number[], axes: readonly number[]): boolean {
  return piecePlan(shape, axes) !== undefined || sharedPlan(shape, axes) !== undefined;
}

/** `undefined` where all sums can share blocks, and those of a graph therefore do, or none. */
export function sharedPlan(shape: readonly number[], axes: readonly number[]): SharedPlan | undefined {
  const next = awkwardFold(shape, axes);
  if (next === undefined || next.middle.length % blockLength(next.middle.length, LONGEST_COLUMN_BLOCK) === 0)
    return undefined;
  const block = sharedBlockLength(next.middle) === undefined ? blockOfMostSums(next.middle) : undefined;
  if (block === undefined) return undefined;
  return { ...next, sums: next.middle.outer - (next.middle.outer % block) };
}

/** `undefined` where a sum does as well inside of a graph. */
export function piecePlan(shape: readonly number[], axes: readonly number[]): PiecePlan | undefined {
  const next = awkwardFold(shape, axes);
  if (next === undefined) return undefined;
  const { outer, length, inner } = next.middle;
  if (outer > 1 && (outer > MOST_SUMS || length * inner < LEAST_ELEMENTS_OF_A_SUM)) return undefined;
  const block = inner === 1 ? LONGEST_ROW_BLOCK : LONGEST_COLUMN_BLOCK;
  const left = length % block;
  return { outer, covered: length - left, left, block, inner, rest: next.rest };
}

/** The first fold of a large sum, if it is over an axis that no block divides. */
function awkwardFold(shape: readonly number[], axes: readonly number[]): GroupFold | undefined {
  if (elementCount(shape) < LEAST_ELEMENTS) return undefined;
  const groups = axisGroups(shape, axes);
  const next = nextFold(groups);
  if (next === undefined || isOneNode(shape, axes, groups)) return undefined;
  const { length, inner } = next.middle;
  if (length <= longestStage("sum", next.middle, firstShare(groups))) return undefined;
  const block = inner === 1 ? LONGEST_ROW_BLOCK : LONGEST_COLUMN_BLOCK;
  const divisor = blockLength(length, block);
  return length % divisor === 0 && divisor >= block * SHORTEST_SHARE ? undefined : next;
}
