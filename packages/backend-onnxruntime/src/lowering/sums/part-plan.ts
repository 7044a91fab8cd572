import type { GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { blockLength } from "./block-length.js";

/**
 * ONNX Runtime adds the terms of a product in runs of 64 to 1024 and the runs one after the other: terms of one sign
 * are off by 4e-7 of the sum of magnitudes at this length, by 1e-6 at four times as many, and ever more beyond.
 */
export const LONGEST_INNER = 32_768;
/** Where an operand must be copied for it, the price is worth paying later. */
export const LONGEST_INNER_WITHOUT_COPY = 131_072;

/**
 * Longest parts. The first of each list keeps equal terms, the worst case, near 1e-6 (terms of a product one after the
 * other: 1.5e-8 for each) or, where that would cost more than a fifth of the time, as exact as that price allows. The
 * next ones are for results so large that those of shorter parts would take more memory than the operands.
 */
const PARTS = {
  /** Numbers: a row times a column, in several lanes. */
  dot: [256],
  /** A matrix's columns times a vector. */
  columns: [128],
  /** A matrix's rows times a vector: memory is read at full speed only in long pieces. */
  rows: [8192],
  /** Products so small that each costs more than its terms. */
  tiny: [2048],
  /** Columns times columns: packed anyway, so that short parts cost little. */
  packed: [64, 2048, 8192],
  /** Rows times anything. */
  others: [512, 2048, 8192],
} as const;
/** Up to this many elements a result is tiny. */
const TINY_RESULT = 64;
/**
 * A divisor of the length that is shorter than this share of the longest part is not used: more parts take more time.
 */
const SHORTEST_SHARE = 0.6;

/** A matrix, after any batch dimensions, and whether the axis that a product sums over is its last one. */
export interface PartedOperand {
  readonly value: GraphValue;
  readonly isInnerLast: boolean;
}

export interface PartPlan {
  /** Terms in a part. */
  readonly part: number;
  /** Whether the operands are read with the inner axis last: a vector can be either. */
  readonly isInnerLast: readonly [left: boolean, right: boolean];
  /**
   * Whether parts of an operand whose inner axis is last are read where they lie. Batch dimensions leave no room for
   * that.
   */
  readonly isReadInPlace: boolean;
}

/** How a product over a long inner axis is computed in parts; undefined where it stays whole. */
export function partPlan(left: PartedOperand, right: PartedOperand): PartPlan | undefined {
  const length = innerLength(left);
  if (length <= LONGEST_INNER) return undefined;
  const [rows, columns] = [outerLength(left), outerLength(right)];
  const isViewed = canViewInParts(left) && canViewInParts(right);
  const isReadInPlace = !hasBatch(left) && !hasBatch(right);
  const longest = longestPart({ rows, columns, isViewed, isReadInPlace });
  const divisor = blockLength(length, longest);
  const isDivided = length % divisor === 0 && divisor >= longest * SHORTEST_SHARE;
  const isCopied = !isViewed && !(isReadInPlace && isDivided);
  if (isCopied && length <= LONGEST_INNER_WITHOUT_COPY) return undefined;
  const isInnerLast = isViewed
    ? ([rows === 1, rows === 1 && columns === 1] as const)
    : ([left.isInnerLast, right.isInnerLast] as const);
  return { part: isDivided ? divisor : longest, isInnerLast, isReadInPlace };
}

interface ProductKind {
  readonly rows: number;
  readonly columns: number;
  readonly isViewed: boolean;
  readonly isReadInPlace: boolean;
}

function longestPart({ rows, columns, isViewed, isReadInPlace }: ProductKind): number {
  if (isViewed && rows * columns === 1) return PARTS.dot[0];
  if (rows === 1 || columns === 1) return isViewed ? PARTS.columns[0] : PARTS.rows[0];
  if (isViewed && rows * columns <= TINY_RESULT) return PARTS.tiny[0];
  const perTerm = isReadInPlace ? (rows * columns) / (rows + columns) : Math.max(rows, columns);
  const lengths = isViewed ? PARTS.packed : PARTS.others;
  return lengths.find((part) => part > perTerm) ?? lengths[2];
}

/** Whether the parts of the inner axis lie one behind the other in memory. */
function canViewInParts(operand: PartedOperand): boolean {
  return !operand.isInnerLast || outerLength(operand) === 1;
}

function hasBatch({ value }: PartedOperand): boolean {
  return elementCount(value.shape.slice(0, -2)) !== 1;
}

/** The length of the axis that the product sums over. */
export function innerLength({ value, isInnerLast }: PartedOperand): number {
  return value.shape.at(isInnerLast ? -1 : -2) ?? 1;
}

function outerLength({ value, isInnerLast }: PartedOperand): number {
  return value.shape.at(isInnerLast ? -2 : -1) ?? 1;
}
