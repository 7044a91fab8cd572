import { elementCount } from "../../graph/value-spec.js";
import { type AxisGroup, axisGroups } from "./axis-groups.js";
import { blockLength } from "./block-length.js";
import { isOneNode } from "./exact-sum.js";
import { nextFold } from "./fold-groups.js";
import { LONGEST_COLUMN, LONGEST_COLUMN_BLOCK, LONGEST_ROW, LONGEST_ROW_BLOCK } from "./fold-middle.js";

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

/** `undefined` where a sum does as well inside of a graph. */
export function piecePlan(shape: readonly number[], axes: readonly number[]): PiecePlan | undefined {
  if (elementCount(shape) < LEAST_ELEMENTS) return undefined;
  const groups = axisGroups(shape, axes);
  const next = nextFold(groups);
  if (next === undefined || isOneNode(shape, axes, groups)) return undefined;
  const { outer, length, inner } = next.middle;
  if (outer > 1 && (outer > MOST_SUMS || length * inner < LEAST_ELEMENTS_OF_A_SUM)) return undefined;
  const isRow = inner === 1;
  if (length <= (isRow ? LONGEST_ROW : LONGEST_COLUMN)) return undefined;
  const block = isRow ? LONGEST_ROW_BLOCK : LONGEST_COLUMN_BLOCK;
  const divisor = blockLength(length, block);
  if (length % divisor === 0 && divisor >= block * SHORTEST_SHARE) return undefined;
  const left = length % block;
  return { outer, covered: length - left, left, block, inner, rest: next.rest };
}
