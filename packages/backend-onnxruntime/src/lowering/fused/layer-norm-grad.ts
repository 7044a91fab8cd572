import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { numberAttribute } from "../read-attributes.js";
import { requiredInput } from "./call-inputs.js";
import { binary, filled, floatConstant, isEmpty, reshape, zeros } from "./emit.js";
import { exactSum } from "../sums/exact-sum.js";
import type { FusedLowering } from "./fused-lowering.js";
import { layerNormShapes } from "./layer-norm-shapes.js";
import { rawMatrixProduct } from "./matrix-product.js";

/** dx = invStd · (dy·w - mean(dy·w) - x̂ · mean(dy·w·x̂)); dweight = Σ dy·x̂; dbias = Σ dy. */
export const layerNormGrad: FusedLowering<"lit.LayerNormGrad"> = {
  name: "lit.LayerNormGrad",

  record(inputs, attrs) {
    const [dy, x, mean, invStd] = (["dy", "x", "mean", "invStd"] as const).map((name) =>
      requiredInput("lit.LayerNormGrad", inputs, name),
    );
    if (dy === undefined || x === undefined || mean === undefined || invStd === undefined) return null;
    const weight = inputs["weight"];
    const dims = numberAttribute(attrs, "dims");
    const { normalized } = layerNormShapes(x.shape, dims);
    return {
      inputs: [dy, x, mean, invStd, ...(weight === undefined ? [] : [weight])],
      outputs: [x.shape, normalized, normalized].map((shape) => ({ shape, dtype: "float32" as const })),
      attrs: { dims },
    };
  },

  lower(graph, [dy, x, mean, invStd, weight], attrs) {
    if (dy === undefined || x === undefined || mean === undefined || invStd === undefined) return [];
    const { normalized } = layerNormShapes(x.shape, numberAttribute(attrs, "dims"));
    if (isEmpty(x)) return [zeros(graph, x.shape), zeros(graph, normalized), zeros(graph, normalized)];
    const width = elementCount(normalized);
    const rows = elementCount(x.shape) / width;
    const [dyRows, xRows] = [reshape(graph, dy, [rows, width]), reshape(graph, x, [rows, width])];
    const [rowMean, rowInvStd] = [reshape(graph, mean, [rows, 1]), reshape(graph, invStd, [rows, 1])];
    const rowWeight = weight === undefined ? filled(graph, 1, [1, width]) : reshape(graph, weight, [1, width]);
    const normal = binary(graph, "Mul", binary(graph, "Sub", xRows, rowMean), rowInvStd);
    const dyNormal = binary(graph, "Mul", dyRows, normal);
    const weightShare = binary(graph, "Mul", rowWeight, floatConstant(graph, 1 / width));
    const average = rowSums(graph, dyRows, weightShare);
    const slope = rowSums(graph, dyNormal, weightShare);
    const columnSums = (value: GraphValue) => reshape(graph, exactSum(graph, value, [0]), normalized);
    const weighted = weight === undefined ? dyRows : binary(graph, "Mul", dyRows, rowWeight);
    const centred = binary(graph, "Sub", binary(graph, "Sub", weighted, average), binary(graph, "Mul", normal, slope));
    return [
      reshape(graph, binary(graph, "Mul", centred, rowInvStd), x.shape),
      columnSums(dyNormal),
      columnSums(dyRows),
    ];
  },
};

/** [rows, 1]: weighted sums along rows are products with a column, one pass on all threads. */
function rowSums(graph: GraphBuilder, rows: GraphValue, weights: GraphValue): GraphValue {
  return rawMatrixProduct(graph, rows, reshape(graph, weights, [weights.shape[1] ?? 1, 1]));
}
