import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { booleanAttribute, numberAttribute, stringAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { binary, floatConstant, isEmpty, reshape } from "./emit.js";
import { exactSum } from "../sums/exact-sum.js";
import { areKnownToExist } from "../known-indices.js";
import type { FusedLowering } from "./fused-lowering.js";
import { readTargets } from "./targets.js";

/** dlogits = (softmax - target distribution) · row weight · dloss, divided by the rows that count for a mean. */
export const crossEntropyGrad: FusedLowering<"lit.CrossEntropyGrad"> = {
  name: "lit.CrossEntropyGrad",

  record(inputs, attrs, known) {
    const dloss = requiredInput("lit.CrossEntropyGrad", inputs, "dloss");
    const logProbs = requiredInput("lit.CrossEntropyGrad", inputs, "logProbs");
    const target = requiredInput("lit.CrossEntropyGrad", inputs, "target");
    const ignoreIndex = numberAttribute(attrs, "ignoreIndex");
    return {
      inputs: [dloss, logProbs, target],
      outputs: [{ shape: logProbs.shape, dtype: "float32" }],
      attrs: {
        reduction: stringAttribute(attrs, "reduction"),
        ignoreIndex,
        labelSmoothing: numberAttribute(attrs, "labelSmoothing"),
        areChecked: areKnownToExist(known(target), { count: logProbs.shape[1] ?? 0, ignored: ignoreIndex }),
      },
    };
  },

  indices: (attrs, [, logProbs]) => ({
    input: 2,
    count: logProbs?.[1] ?? 0,
    ignored: numberAttribute(attrs, "ignoreIndex"),
  }),

  lower(graph, [dloss, logProbs, target], attrs) {
    if (dloss === undefined || logProbs === undefined || target === undefined) return [];
    if (isEmpty(logProbs)) return [graph.op("Identity", [logProbs])];
    const [rows = 0, classCount = 0] = logProbs.shape;
    const { classes, isIgnored, weights } = readTargets(graph, target, {
      ignoreIndex: numberAttribute(attrs, "ignoreIndex"),
      classCount,
      areChecked: booleanAttribute(attrs, "areChecked"),
    });
    const expected = targetDistribution(graph, {
      classes,
      rows,
      classCount,
      smoothing: numberAttribute(attrs, "labelSmoothing"),
    });
    const error = binary(graph, "Sub", graph.op("Exp", [logProbs]), expected);
    const isMean = stringAttribute(attrs, "reduction") === "mean";
    const factor = isMean ? binary(graph, "Div", dloss, exactSum(graph, weights, [0])) : dloss;
    // Selected: where no row counts, the factor is infinite, but every gradient is 0.
    const rowFactors = graph.op("Where", [isIgnored, floatConstant(graph, 0), factor], {
      dtype: "float32",
      shape: [rows],
    });
    return [binary(graph, "Mul", error, reshape(graph, rowFactors, [rows, 1]))];
  },
};

interface DistributionRequest {
  readonly classes: GraphValue;
  readonly rows: number;
  readonly classCount: number;
  readonly smoothing: number;
}

function targetDistribution(
  graph: GraphBuilder,
  { classes, rows, classCount, smoothing }: DistributionRequest,
): GraphValue {
  const off = smoothing / classCount;
  const depth = graph.constant(classCount, "int64", []);
  const offAndOn = graph.constant([off, 1 - smoothing + off], "float32", [2]);
  return graph.op("OneHot", [classes, depth, offAndOn], {
    dtype: "float32",
    shape: [rows, classCount],
    attrs: { axis: -1 },
  });
}
