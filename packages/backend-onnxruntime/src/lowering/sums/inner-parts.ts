import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { range, reshape, slice, transpose } from "../fused/emit.js";
import { blockLength } from "./block-length.js";

/**
 * ONNX Runtime adds the terms of a product in runs of a few hundred and the runs one after the other: terms of one sign are
 * off by 4e-7 of the sum of magnitudes at this length, by 1e-6 at four times as many, and ever more beyond.
 */
export const LONGEST_INNER = 32_768;
/** Where an operand must be copied for it, the price is worth paying later. */
export const LONGEST_INNER_WITHOUT_COPY = 131_072;
/** Terms in a part: long enough for the product's speed, and its results take little memory beside its operands. */
const PART = { shortest: 1024, longest: 8192 };

/** A matrix, after any batch dimensions, and whether the axis that a product sums over is its last one. */
export interface PartedOperand {
  readonly value: GraphValue;
  readonly isInnerLast: boolean;
}

/** Two operands of a product with `count` parts of the inner axis as their last batch dimension, if there are several. */
export interface InnerPart {
  readonly left: GraphValue;
  readonly right: GraphValue;
  readonly count: number;
}

/** The parts in which a product over this inner axis stays exact: one that is everything, up to a length at which drifting begins to show. */
export function innerParts(graph: GraphBuilder, left: PartedOperand, right: PartedOperand): InnerPart[] {
  const length = innerLength(left);
  const isFree = canViewInParts(left) && canViewInParts(right);
  if (length <= (isFree ? LONGEST_INNER : LONGEST_INNER_WITHOUT_COPY)) return [{ left: left.value, right: right.value, count: 1 }];
  const divisor = blockLength(length, PART.longest);
  const part = length % divisor === 0 && divisor >= PART.shortest ? divisor : PART.longest;
  const count = Math.floor(length / part);
  const covered = count * part;
  const operands = (start: number, end: number) => [left, right].map((operand) => ({ ...operand, value: alongInner(graph, operand, start, end) }));
  const [mainLeft, mainRight] = operands(0, covered).map((operand) => inParts(graph, operand, count));
  const [restLeft, restRight] = covered === length ? [] : operands(covered, length).map(({ value }) => value);
  if (mainLeft === undefined || mainRight === undefined) return [];
  const main = { left: mainLeft, right: mainRight, count };
  return restLeft === undefined || restRight === undefined ? [main] : [main, { left: restLeft, right: restRight, count: 1 }];
}

function innerAxis({ value, isInnerLast }: PartedOperand): number {
  return value.shape.length - (isInnerLast ? 1 : 2);
}

function innerLength(operand: PartedOperand): number {
  return operand.value.shape[innerAxis(operand)] ?? 1;
}

/** Whether the parts of the inner axis lie one behind the other in memory. */
function canViewInParts({ value, isInnerLast }: PartedOperand): boolean {
  return !isInnerLast || value.shape.at(-2) === 1;
}

function alongInner(graph: GraphBuilder, operand: PartedOperand, start: number, end: number): GraphValue {
  return slice(graph, operand.value, { axes: [innerAxis(operand)], starts: [start], ends: [end] });
}

/** [..., count · K, M] -> [..., count, K, M], or [..., M, count · K] -> [..., count, M, K]. */
function inParts(graph: GraphBuilder, { value, isInnerLast }: PartedOperand, count: number): GraphValue {
  const batch = value.shape.slice(0, -2);
  const [rows = 1, columns = 1] = value.shape.slice(-2);
  if (!isInnerLast) return reshape(graph, value, [...batch, count, rows / count, columns]);
  const parts = reshape(graph, value, [...batch, rows, count, columns / count]);
  const first = batch.length;
  return transpose(graph, parts, [...range(0, first), first + 1, first, first + 2]);
}
