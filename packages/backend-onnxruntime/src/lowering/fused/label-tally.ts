import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { Elementwise } from "../elementwise.js";
import { numberAttribute } from "../read-attributes.js";
import { cast } from "./emit.js";
import type { FusedLowering } from "./fused-lowering.js";
import { ignoredClass, recordTally } from "./record-tally.js";
import { addToTally, countedTargets, widened } from "./tally-nodes.js";

/** Right and wrong answers of yes or no, added to those before them. */
export const labelTally: FusedLowering<"lit.LabelTally"> = {
  name: "lit.LabelTally",

  record(inputs, attrs) {
    return recordTally("lit.LabelTally", inputs, attrs, { threshold: numberAttribute(attrs, "threshold") });
  },

  lower(graph, [preds, target, tally, range], attrs) {
    if (preds === undefined || target === undefined || tally === undefined) return [];
    const e = new Elementwise(graph);
    const areScores = preds.dtype === "float32";
    const answers = areScores ? e.greater(asProbabilities(graph, preds), numberAttribute(attrs, "threshold")) : preds;
    const counted = countedTargets(graph, target, ignoredClass(attrs));
    const counts = counted.isCounted === undefined ? undefined : cast(graph, counted.isCounted, "float32");
    const floats = (of: GraphValue): GraphValue => {
      const values = cast(graph, of, "float32");
      return counts === undefined ? values : e.mul(values, counts);
    };
    const added = addToTally(graph, tally, { preds: floats(answers), target: floats(target), counts });
    if (range === undefined) return [added];
    return [added, widened(graph, range, counted.target, areScores ? undefined : preds)];
  },
};

/** Where any is outside 0 … 1, all of them are logits. */
function asProbabilities(graph: GraphBuilder, scores: GraphValue): GraphValue {
  const e = new Elementwise(graph);
  const isInside = cast(graph, e.and(e.greaterOrEqual(scores, 0), e.lessOrEqual(scores, 1)), "int32");
  const areInside = graph.op("ReduceMin", [isInside], { shape: [], attrs: { keepdims: 0 } });
  return e.where(cast(graph, areInside, "bool"), scores, e.unary("Sigmoid", scores));
}
