import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import type { OutputSpec } from "../../contract/lazy-kernel.js";
import { Elementwise } from "../elementwise.js";
import { exactSum } from "../sums/exact-sum.js";
import { axesConstant, binary, cast, concat, floatConstant, reshape } from "./emit.js";

/** The new tally, and the new range where there is one. */
export function tallyOutputs(tally: TensorInfo, range: TensorInfo | undefined): OutputSpec[] {
  const added: OutputSpec = { shape: tally.shape, dtype: "int32" };
  return range === undefined ? [added] : [added, { shape: range.shape, dtype: "float32" }];
}

/** Where targets count (bool), and the targets with 0 elsewhere. */
export function countedTargets(
  graph: GraphBuilder,
  target: GraphValue,
  ignoreIndex: number | undefined,
): { readonly target: GraphValue; readonly isCounted: GraphValue | undefined } {
  if (ignoreIndex === undefined) return { target, isCounted: undefined };
  const e = new Elementwise(graph);
  const isCounted = e.not(e.equal(target, ignoreIndex));
  return { target: e.where(isCounted, target, 0), isCounted };
}

/**
 * Adds answers met, given, wanted, and rows to a tally.
 * @param preds,target float32 [rows, classes], 0 where they do not count
 * @param counts float32 [rows, classes] or [rows, 1]; undefined means that everything counts
 */
export function addToTally(
  graph: GraphBuilder,
  tally: GraphValue,
  {
    preds,
    target,
    counts,
  }: { readonly preds: GraphValue; readonly target: GraphValue; readonly counts: GraphValue | undefined },
): GraphValue {
  const [rows = 0, classes = 0] = preds.shape;
  const sum = (part: GraphValue): GraphValue => {
    const total = exactSum(graph, part, [0]);
    return reshape(graph, total, [1, total.shape[0] ?? 1]);
  };
  const all = counts === undefined ? floatConstant(graph, rows) : sum(counts);
  const wide = graph.op("Expand", [all, axesConstant(graph, [1, classes])], { shape: [1, classes] });
  const sums = [sum(binary(graph, "Mul", preds, target)), sum(preds), sum(target), wide];
  const batch = concat(graph, sums, 0);
  return binary(graph, "Add", tally, cast(graph, batch, "int32"));
}

/** The largest and the negated smallest class so far, of targets and of predictions. All are int32. */
export function widened(
  graph: GraphBuilder,
  range: GraphValue,
  target: GraphValue,
  preds: GraphValue | undefined,
): GraphValue {
  const extreme = (type: "ReduceMax" | "ReduceMin", of: GraphValue): GraphValue =>
    reshape(graph, graph.op(type, [of], { shape: [], attrs: { keepdims: 0 } }), [1]);
  const extremes = (of: GraphValue): GraphValue[] => [
    extreme("ReduceMax", of),
    graph.op("Neg", [extreme("ReduceMin", of)]),
  ];
  const ofTarget = extremes(target);
  const found = [...ofTarget, ...(preds === undefined ? ofTarget : extremes(preds))];
  const all = concat(graph, found, 0);
  return binary(graph, "Max", range, cast(graph, all, "float32"));
}
