import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { range, reshape, slice, transpose } from "../fused/emit.js";
import { hasExactSums } from "./has-exact-sums.js";
import { innerLength, type PartedOperand, type PartPlan, partPlan } from "./part-plan.js";

/** An operand of one product, or of `count` that are added up. */
export interface OperandParts extends PartedOperand {
  /** [M, count, K] stands for [count, M, K]: ONNX Runtime's product reads it so, without a copy. */
  readonly isOuterFirst: boolean;
}

/**
 * Two operands of a product with `count` parts of the inner axis as their last batch dimension, if there are several.
 */
export interface InnerPart {
  readonly left: OperandParts;
  readonly right: OperandParts;
  readonly count: number;
}

/**
 * The parts in which a product over this inner axis stays exact: one that is everything, up to a length at which
 * drifting begins to show.
 */
export function innerParts(graph: GraphBuilder, left: PartedOperand, right: PartedOperand): InnerPart[] {
  const plan = hasExactSums(graph) ? undefined : partPlan(left, right);
  if (plan === undefined) return [whole(left, right)];
  const length = innerLength(left);
  const count = Math.floor(length / plan.part);
  const covered = count * plan.part;
  const [turnedLeft, turnedRight] = [
    turned(graph, left, plan.isInnerLast[0]),
    turned(graph, right, plan.isInnerLast[1]),
  ];
  const cut = (operand: PartedOperand, start: number, end: number) => ({
    ...operand,
    value: alongInner(graph, operand, start, end),
  });
  const main = (operand: PartedOperand) => inParts(graph, cut(operand, 0, covered), count, plan);
  const parts = [{ left: main(turnedLeft), right: main(turnedRight), count }];
  return covered === length
    ? parts
    : [...parts, whole(cut(turnedLeft, covered, length), cut(turnedRight, covered, length))];
}

function whole(left: PartedOperand, right: PartedOperand): InnerPart {
  return { left: { ...left, isOuterFirst: false }, right: { ...right, isOuterFirst: false }, count: 1 };
}

/** A vector as a row or as a column; a matrix as it is. */
function turned(graph: GraphBuilder, operand: PartedOperand, isInnerLast: boolean): PartedOperand {
  if (isInnerLast === operand.isInnerLast) return operand;
  const { shape } = operand.value;
  return {
    value: reshape(graph, operand.value, [...shape.slice(0, -2), ...shape.slice(-2).toReversed()]),
    isInnerLast,
  };
}

function alongInner(graph: GraphBuilder, operand: PartedOperand, start: number, end: number): GraphValue {
  if (start === 0 && end === innerLength(operand)) return operand.value;
  const axis = operand.value.shape.length - (operand.isInnerLast ? 1 : 2);
  return slice(graph, operand.value, { axes: [axis], starts: [start], ends: [end] });
}

/**
 * [..., count · K, M] -> [..., count, K, M], or [..., M, count · K] -> [..., count, M, K], which [M, count, K] may
 * stand for.
 */
function inParts(
  graph: GraphBuilder,
  { value, isInnerLast }: PartedOperand,
  count: number,
  { isReadInPlace }: PartPlan,
): OperandParts {
  const batch = isReadInPlace ? [] : value.shape.slice(0, -2);
  const [rows = 1, columns = 1] = value.shape.slice(-2);
  if (!isInnerLast)
    return { value: reshape(graph, value, [...batch, count, rows / count, columns]), isInnerLast, isOuterFirst: false };
  if (rows === 1)
    return { value: reshape(graph, value, [...batch, count, 1, columns / count]), isInnerLast, isOuterFirst: false };
  const parts = reshape(graph, value, [...batch, rows, count, columns / count]);
  if (isReadInPlace) return { value: parts, isInnerLast, isOuterFirst: true };
  const first = batch.length;
  return {
    value: transpose(graph, parts, [...range(0, first), first + 1, first, first + 2]),
    isInnerLast,
    isOuterFirst: false,
  };
}
