import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { binary, floatConstant, isEmpty, reducedShape, zeros } from "../fused/emit.js";
import { type AxisGroup, axisGroups } from "./axis-groups.js";
import { foldGroups } from "./fold-groups.js";
import { LONGEST_ROW, LONGEST_ROW_BLOCK } from "./fold-block.js";
import { hasExactSums } from "./has-exact-sums.js";
import { reduceAxes } from "./reduce-axes.js";

/**
 * Up to here `ReduceSum` adds the columns of a small matrix on one thread, as exact as it must be, quickly, and as one
 * node.
 */
const SMALL_COLUMNS = { length: 64, elements: 8192 };

/**
 * The sum over `axes`, which are dropped unless `keepDims`, within 1e-6 of the sum of magnitudes for any shape, and
 * with the same bits on any number of threads.
 *
 * ONNX Runtime adds float32 terms one after the other, so that a long sum drifts. It adds over a middle axis, and over
 * several separate ones, in an order that depends on the number of threads, and over a leading axis it takes five times
 * as long on two threads as on one. So one run of neighbouring axes is summed after the other, each in as many stages
 * as it needs. Whole numbers are exact in any order and stay one node.
 * @param x float32 or int32
 */
export function exactSum(graph: GraphBuilder, x: GraphValue, axes: readonly number[], keepDims = false): GraphValue {
  if (axes.length === 0) return x;
  const shape = reducedShape(x.shape, axes, keepDims);
  if (isEmpty(x) && x.dtype === "float32") return zeros(graph, shape);
  const groups = axisGroups(x.shape, axes);
  if (x.dtype !== "float32" || hasExactSums(graph) || isOneNode(x.shape, axes, groups))
    return reduceAxes(graph, "ReduceSum", x, axes, keepDims);
  return foldGroups(graph, "sum", x, groups, shape);
}

/** The mean over `axes`, as exact as `exactSum`. */
export function exactMean(graph: GraphBuilder, x: GraphValue, axes: readonly number[], keepDims = false): GraphValue {
  if (axes.length === 0) return x;
  if (isEmpty(x) || hasExactSums(graph) || isOneNode(x.shape, axes, axisGroups(x.shape, axes)))
    return reduceAxes(graph, "ReduceMean", x, axes, keepDims);
  const sum = exactSum(graph, x, axes, keepDims);
  const terms = elementCount(x.shape) / elementCount(sum.shape);
  return terms === 1 ? sum : binary(graph, "Div", sum, floatConstant(graph, terms));
}

/**
 * The product over `axes` with the error of a pairwise one: many factors in blocks, and the blocks' products in blocks
 * again.
 */
export function exactProduct(
  graph: GraphBuilder,
  x: GraphValue,
  axes: readonly number[],
  keepDims = false,
): GraphValue {
  if (axes.length === 0) return x;
  const groups = axisGroups(x.shape, axes);
  const isShort = groups.every(({ size, isSummed }) => !isSummed || size <= LONGEST_ROW_BLOCK);
  if (isEmpty(x) || x.dtype !== "float32" || hasExactSums(graph) || isShort)
    return reduceAxes(graph, "ReduceProd", x, axes, keepDims);
  return foldGroups(graph, "product", x, groups, reducedShape(x.shape, axes, keepDims));
}

/** Whether ONNX Runtime's own reduction is exact enough, quick, and the same on any number of threads. */
export function isOneNode(shape: readonly number[], axes: readonly number[], groups: readonly AxisGroup[]): boolean {
  const [first, second] = groups;
  const last = groups.at(-1);
  if (groups.filter(({ isSummed }) => isSummed).length !== 1) return false;
  // With a kept axis of one element behind it, a row is added as a column of such elements: one after the other.
  if (last?.isSummed === true)
    return last.size <= (axes.includes(shape.length - 1) ? LONGEST_ROW : SMALL_COLUMNS.length);
  if (first?.isSummed !== true || groups.length !== 2) return false;
  return first.size <= SMALL_COLUMNS.length && first.size * (second?.size ?? 1) <= SMALL_COLUMNS.elements;
}
