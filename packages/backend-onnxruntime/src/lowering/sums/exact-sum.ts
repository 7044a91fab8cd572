import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { axesConstant, binary, elementCount, floatConstant, isEmpty, reducedShape, reshape, zeros } from "../fused/emit.js";
import { type AxisGroup, axisGroups, mergeGroups } from "./axis-groups.js";
import { LONGEST_ROW, sumMiddle } from "./sum-middle.js";

/** Up to here `ReduceSum` adds the columns of a small matrix on one thread, as exact as it must be, quickly, and as one node. */
const SMALL_COLUMNS = { length: 64, elements: 8192 };
/** From this length on a leading axis is summed before the others: one pass over all elements, on all threads. */
const LONG_LEADING_AXIS = 16;

/**
 * The sum over `axes`, which are dropped unless `keepDims`, within 1e-6 of the sum of magnitudes for any shape, and with
 * the same bits on any number of threads.
 *
 * ONNX Runtime adds float32 terms one after the other, so that a long sum drifts. It adds over a middle axis, and over
 * several separate ones, in an order that depends on the number of threads, and over a leading axis it takes five times as
 * long on two threads as on one. So one run of neighbouring axes is summed after the other, each in as many stages as it
 * needs. Whole numbers are exact in any order and stay one node.
 * @param x float32 or int32
 */
export function exactSum(graph: GraphBuilder, x: GraphValue, axes: readonly number[], keepDims = false): GraphValue {
  if (axes.length === 0) return x;
  if (isEmpty(x) && x.dtype === "float32") return zeros(graph, reducedShape(x.shape, axes, keepDims));
  let groups = axisGroups(x.shape, axes);
  if (x.dtype !== "float32" || isOneNode(groups)) return reduceAxes(graph, "ReduceSum", x, axes, keepDims);
  let value = x;
  for (let i = nextSummed(groups); i >= 0; i = nextSummed(groups)) {
    const extent = (part: readonly AxisGroup[]) => elementCount(part.map(({ size }) => size));
    value = sumMiddle(graph, value, { outer: extent(groups.slice(0, i)), length: groups[i]?.size ?? 1, inner: extent(groups.slice(i + 1)) });
    groups = mergeGroups(groups.toSpliced(i, 1));
  }
  return reshape(graph, value, reducedShape(x.shape, axes, keepDims));
}

/** The mean over `axes`, as exact as `exactSum`. */
export function exactMean(graph: GraphBuilder, x: GraphValue, axes: readonly number[], keepDims = false): GraphValue {
  if (axes.length === 0) return x;
  if (isEmpty(x) || isOneNode(axisGroups(x.shape, axes))) return reduceAxes(graph, "ReduceMean", x, axes, keepDims);
  const sum = exactSum(graph, x, axes, keepDims);
  return binary(graph, "Div", sum, floatConstant(graph, elementCount(x.shape) / elementCount(sum.shape)));
}

/** One of ONNX's reductions over `axes`. */
export function reduceAxes(graph: GraphBuilder, type: string, x: GraphValue, axes: readonly number[], keepDims: boolean): GraphValue {
  const shape = reducedShape(x.shape, axes, keepDims);
  return graph.op(type, [x, axesConstant(graph, axes)], { shape, attrs: { keepdims: keepDims ? 1 : 0 } });
}

/** Whether ONNX Runtime's own reduction is exact enough, quick, and the same on any number of threads. */
function isOneNode(groups: readonly AxisGroup[]): boolean {
  const [first, second] = groups;
  const last = groups.at(-1);
  if (groups.filter(({ isSummed }) => isSummed).length !== 1) return false;
  if (last?.isSummed === true) return last.size <= LONGEST_ROW;
  if (first?.isSummed !== true || groups.length !== 2) return false;
  return first.size <= SMALL_COLUMNS.length && first.size * (second?.size ?? 1) <= SMALL_COLUMNS.elements;
}

/** The position of the group that is summed next, -1 if none is left: a long leading axis, else the longest. */
function nextSummed(groups: readonly AxisGroup[]): number {
  const [first] = groups;
  if (groups.length > 1 && first?.isSummed === true && first.size >= LONG_LEADING_AXIS) return 0;
  let longest = -1;
  groups.forEach(({ size, isSummed }, i) => {
    if (isSummed && size > (groups[longest]?.size ?? 0)) longest = i;
  });
  return longest;
}
