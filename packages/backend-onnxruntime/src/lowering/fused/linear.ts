import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { stringAttribute } from "../read-attributes.js";
import { FusedKernelError } from "../../errors/fused-kernel-error.js";
import { elementCount } from "../../graph/value-spec.js";
import { requiredInput } from "./call-inputs.js";
import { roundToCompute } from "./autocast.js";
import { binary, isEmpty, reshape, zeros } from "./emit.js";
import { hasExactSums } from "../sums/has-exact-sums.js";
import { partPlan } from "../sums/part-plan.js";
import type { FusedLowering } from "./fused-lowering.js";
import { rawMatrixProduct } from "./matrix-product.js";

/** y = activation(x · weightᵀ + bias), as one `Gemm` over all leading dimensions. */
export const linear: FusedLowering<"lit.Linear"> = {
  name: "lit.Linear",

  record(inputs, attrs) {
    const x = requiredInput("lit.Linear", inputs, "x");
    const weight = requiredInput("lit.Linear", inputs, "weight");
    const [outFeatures = 0, inFeatures = 0] = weight.shape;
    if (weight.shape.length !== 2 || x.shape.at(-1) !== inFeatures) {
      throw new FusedKernelError(
        `A linear layer's input does not fit its weight. Expected [..., ${inFeatures}] for a weight [${weight.shape.join(", ")}]. Received [${x.shape.join(", ")}].`,
      );
    }
    const bias = inputs["bias"];
    return {
      inputs: bias === undefined ? [x, weight] : [x, weight, bias],
      outputs: [{ shape: [...x.shape.slice(0, -1), outFeatures], dtype: "float32" }],
      attrs: { activation: stringAttribute(attrs, "activation") },
    };
  },

  lower(graph, [x, weight, bias], attrs) {
    if (x === undefined || weight === undefined) return [];
    const [outFeatures = 0, inFeatures = 0] = weight.shape;
    const rows = elementCount(x.shape.slice(0, -1));
    const inputRows = reshape(graph, x, [rows, inFeatures]);
    // A product with one column is turned around, for the same bits on any number of threads (see `columnAsRow`), and
    // is faster so.
    const operands = outFeatures === 1 ? { x: weight, weight: inputRows } : { x: inputRows, weight };
    const y = rowsTimesWeight(graph, { ...operands, bias, activation: stringAttribute(attrs, "activation") });
    return [reshape(graph, y, [...x.shape.slice(0, -1), outFeatures])];
  },
};

interface LinearOperands {
  readonly x: GraphValue;
  readonly weight: GraphValue;
  readonly bias: GraphValue | undefined;
  readonly activation: string;
}

/** From this many elements on, Gemm's bias (a copy on one thread) takes longer than an addition afterwards. */
const LARGE_RESULT = 65_536;

function rowsTimesWeight(graph: GraphBuilder, { x, weight, bias, activation }: LinearOperands): GraphValue {
  const shape = [x.shape[0] ?? 0, weight.shape[0] ?? 0];
  if (isEmpty(x) || isEmpty(weight)) {
    const zero = zeros(graph, shape);
    const sum = bias === undefined ? zero : binary(graph, "Add", zero, bias);
    return activation === "relu" ? graph.op("Relu", [sum]) : sum;
  }
  const [rows, factor, offset] = [
    roundToCompute(graph, x),
    roundToCompute(graph, weight),
    bias && roundToCompute(graph, bias),
  ];
  const isLong =
    !hasExactSums(graph) &&
    partPlan({ value: rows, isInnerLast: true }, { value: factor, isInnerLast: true }) !== undefined;
  const isOneNode = graph.isPortable === true || graph.target !== undefined || elementCount(shape) < LARGE_RESULT;
  const isSmall = isOneNode && !isLong;
  const attrs = { transB: 1 };
  if (isSmall && activation === "relu" && graph.computeDtype === "float32" && graph.isPortable !== true) {
    return graph.op("FusedGemm", [rows, factor, offset], {
      domain: "com.microsoft",
      shape,
      attrs: { ...attrs, activation: "Relu" },
    });
  }
  const product = isLong
    ? rawMatrixProduct(graph, rows, factor, { transposeB: true })
    : graph.op("Gemm", isSmall ? [rows, factor, offset] : [rows, factor], { shape, attrs });
  const sum = roundToCompute(graph, isSmall || offset === undefined ? product : binary(graph, "Add", product, offset));
  return activation === "relu" ? graph.op("Relu", [sum]) : sum;
}
