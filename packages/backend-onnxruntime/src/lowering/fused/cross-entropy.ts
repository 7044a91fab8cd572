import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { booleanAttribute, numberAttribute, stringAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { requiredInput } from "./call-inputs.js";
import { binary, floatConstant, isEmpty, reshape } from "./emit.js";
import { exactSum } from "../sums/exact-sum.js";
import { areKnownToExist } from "../known-indices.js";
import type { FusedLowering } from "./fused-lowering.js";
import { readTargets } from "./targets.js";

/** Negative log likelihood of softmax(logits), with the log-probabilities that its gradient needs. */
export const crossEntropy: FusedLowering<"lit.CrossEntropy"> = {
  name: "lit.CrossEntropy",

  record(inputs, attrs, known) {
    const logits = requiredInput("lit.CrossEntropy", inputs, "logits");
    const target = requiredInput("lit.CrossEntropy", inputs, "target");
    if (logits.shape.length !== 2 || target.shape.length !== 1 || target.shape[0] !== logits.shape[0]) {
      throw new FusedKernelError(
        `Cross-entropy's target does not fit its logits. Expected logits [N, C] and target [N]. Received [${logits.shape.join(", ")}] and [${target.shape.join(", ")}].`,
      );
    }
    const reduction = stringAttribute(attrs, "reduction");
    const ignoreIndex = numberAttribute(attrs, "ignoreIndex");
    return {
      inputs: [logits, target],
      outputs: [
        { shape: reduction === "none" ? target.shape : [], dtype: "float32" },
        { shape: logits.shape, dtype: "float32" },
      ],
      attrs: {
        reduction,
        ignoreIndex,
        labelSmoothing: numberAttribute(attrs, "labelSmoothing"),
        areChecked: areKnownToExist(known(target), { count: logits.shape[1] ?? 0, ignored: ignoreIndex }),
      },
    };
  },

  indices: (attrs, [logits]) => ({ input: 1, count: logits?.[1] ?? 0, ignored: numberAttribute(attrs, "ignoreIndex") }),

  lower(graph, [logits, target], attrs) {
    if (logits === undefined || target === undefined) return [];
    const { classes, isIgnored, weights } = readTargets(graph, target, {
      ignoreIndex: numberAttribute(attrs, "ignoreIndex"),
      classCount: logits.shape[1] ?? 0,
      areChecked: booleanAttribute(attrs, "areChecked"),
    });
    const logProbs = graph.op("LogSoftmax", [logits], { attrs: { axis: 1 } });
    const rowLoss = smoothedLoss(graph, logProbs, classes, numberAttribute(attrs, "labelSmoothing"));
    // Selected, because NaN · 0 is NaN: an ignored row may hold anything.
    const losses = graph.op("Where", [isIgnored, floatConstant(graph, 0), rowLoss], {
      dtype: "float32",
      shape: rowLoss.shape,
    });
    const reduction = stringAttribute(attrs, "reduction");
    if (reduction === "none") return [losses, logProbs];
    const total = exactSum(graph, losses, [0]);
    if (reduction === "sum") return [total, logProbs];
    return [binary(graph, "Div", total, exactSum(graph, weights, [0])), logProbs];
  },
};

/** -(1 - s) · logProbs[class] - s / C · Σ logProbs, per row. */
function smoothedLoss(graph: GraphBuilder, logProbs: GraphValue, classes: GraphValue, smoothing: number): GraphValue {
  const [, classCount = 0] = logProbs.shape;
  if (isEmpty(logProbs)) return exactSum(graph, logProbs, [1]);
  const loss = graph.op("Neg", [pickClasses(graph, logProbs, classes)]);
  if (smoothing === 0) return loss;
  const uniform = binary(graph, "Mul", exactSum(graph, logProbs, [1]), floatConstant(graph, -smoothing / classCount));
  return binary(graph, "Add", binary(graph, "Mul", loss, floatConstant(graph, 1 - smoothing)), uniform);
}

/** So many rows `GatherND` picks on its own; beyond, `GatherElements` is faster. */
const FEW_ROWS = 16_384;

/**
 * The number of each row at its class. `GatherElements` wakes all threads however few rows there are, and they look for
 * more work until the next step: on two processors, JavaScript then shares one with the graph.
 */
function pickClasses(graph: GraphBuilder, logProbs: GraphValue, classes: GraphValue): GraphValue {
  const [rows = 0] = logProbs.shape;
  const places = reshape(graph, classes, [rows, 1]);
  if (graph.target === undefined && graph.isPortable !== true && rows <= FEW_ROWS)
    return graph.op("GatherND", [logProbs, places], { shape: [rows], attrs: { batch_dims: 1 } });
  const picked = graph.op("GatherElements", [logProbs, places], { shape: [rows, 1], attrs: { axis: 1 } });
  return reshape(graph, picked, [rows]);
}
