import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { elementCount } from "../../graph/value-spec.js";
import { requiredInput } from "./call-inputs.js";
import { reshape, transpose } from "./emit.js";
import { exactSum } from "../sums/exact-sum.js";
import type { FusedLowering } from "./fused-lowering.js";
import { matrixProduct } from "./matrix-product.js";

/** dweight = dyᵀ · x and dbias = the column sums of dy, over all leading dimensions. */
export const linearWeightGrad: FusedLowering<"lit.LinearWeightGrad"> = {
  name: "lit.LinearWeightGrad",

  record(inputs) {
    const x = requiredInput("lit.LinearWeightGrad", inputs, "x");
    const dy = requiredInput("lit.LinearWeightGrad", inputs, "dy");
    const outFeatures = dy.shape.at(-1) ?? 0;
    return {
      inputs: [x, dy],
      outputs: [
        { shape: [outFeatures, x.shape.at(-1) ?? 0], dtype: "float32" },
        { shape: [outFeatures], dtype: "float32" },
      ],
    };
  },

  lower(graph, [x, dy]) {
    if (x === undefined || dy === undefined) return [];
    const rows = elementCount(x.shape.slice(0, -1));
    const inputRows = reshape(graph, x, [rows, x.shape.at(-1) ?? 0]);
    const gradRows = reshape(graph, dy, [rows, dy.shape.at(-1) ?? 0]);
    return [productOfColumns(graph, gradRows, inputRows), exactSum(graph, gradRows, [0])];
  },
};

/** From this many rows on, turning a product around pays for the transpose of its result. */
const MANY_ROWS = 512;

/** aᵀ · b. ONNX Runtime is faster with more columns in the transposed operand. */
function productOfColumns(graph: GraphBuilder, a: GraphValue, b: GraphValue): GraphValue {
  const [rows = 0, left = 0] = a.shape;
  const right = b.shape[1] ?? 0;
  if (rows < MANY_ROWS || left * 2 > right) return matrixProduct(graph, a, b, { transposeA: true });
  return transpose(graph, matrixProduct(graph, b, a, { transposeA: true }), [1, 0]);
}
