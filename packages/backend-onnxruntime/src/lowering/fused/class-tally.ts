import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { Elementwise } from "../elementwise.js";
import { exactSum } from "../sums/exact-sum.js";
import { numberAttribute } from "../read-attributes.js";
import { cast, range as numbersTo, reshape } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { ignoredClass, recordTally } from "./record-tally.js";
import { addToTally, countedTargets, widened } from "./tally-nodes.js";

/** Right and wrong answers of one of several classes, added to those before them. */
export const classTally: FusedLowering<"lit.ClassTally"> = {
  name: "lit.ClassTally",

  record(inputs, attrs) {
    return recordTally("lit.ClassTally", inputs, attrs, { topK: numberAttribute(attrs, "topK") });
  },

  lower(graph, [preds, target, tally, range], attrs) {
    if (preds === undefined || target === undefined || tally === undefined) return [];
    const e = new Elementwise(graph);
    const areScores = preds.shape.length === 2;
    const answers = areScores ? chosen(graph, preds, target, numberAttribute(attrs, "topK")) : preds;
    const counted = countedTargets(graph, target, ignoredClass(attrs));
    const rows = (x: GraphValue): GraphValue => reshape(graph, x, [x.shape[0] ?? 0, 1]);
    const classes = graph.constant(numbersTo(0, tally.shape[1] ?? 0), "int32");
    const isCounted = counted.isCounted === undefined ? undefined : rows(counted.isCounted);
    const oneHot = (of: GraphValue): GraphValue => {
      const isHot = e.equal(rows(of), classes);
      return cast(graph, isCounted === undefined ? isHot : e.and(isHot, isCounted), "float32");
    };
    const added = addToTally(graph, tally, {
      preds: oneHot(answers),
      target: oneHot(target),
      counts: isCounted === undefined ? undefined : cast(graph, isCounted, "float32"),
    });
    if (range === undefined) return [added];
    return [added, widened(graph, range, counted.target, areScores ? undefined : preds)];
  },
};

/** The class with the highest score; the target's, where it is among the `topK` highest. */
function chosen(graph: GraphBuilder, scores: GraphValue, target: GraphValue, topK: number): GraphValue {
  const best = highest(graph, scores);
  if (topK === 1) return best;
  const e = new Elementwise(graph);
  const [rows = 0, classCount = 0] = scores.shape;
  const classes = graph.constant(numbersTo(0, classCount), "int32");
  const column = reshape(graph, target, [rows, 1]);
  const isOwn = cast(graph, e.equal(column, classes), "float32");
  const own = exactSum(graph, e.mul(scores, isOwn), [1], true);
  const isHigher = e.or(e.greater(scores, own), e.and(e.equal(scores, own), e.greater(column, classes)));
  const higher = exactSum(graph, cast(graph, isHigher, "float32"), [1]);
  const isMet = e.and(e.less(higher, topK), e.greaterOrEqual(target, 0));
  return e.where(isMet, target, best);
}

/** The first of the highest scores, int32; NaN is higher than all. */
function highest(graph: GraphBuilder, scores: GraphValue): GraphValue {
  const isNaN = graph.op("IsNaN", [scores], { dtype: "bool" });
  const values = new Elementwise(graph).where(isNaN, Number.POSITIVE_INFINITY, scores);
  const shape = [scores.shape[0] ?? 0];
  return cast(graph, graph.op("ArgMax", [values], { dtype: "int64", shape, attrs: { axis: 1, keepdims: 0 } }), "int32");
}
