import type { LazyKernel } from "../../contract/lazy-kernel.js";
import { requiredInput } from "./attributes.js";
import { elementCount, reduceSum, reshape } from "./emit.js";
import { matrixProduct } from "./matrix-product.js";

/** dweight = dyᵀ · x and dbias = the column sums of dy, over all leading dimensions. */
export const linearWeightGrad: LazyKernel = {
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
    return [matrixProduct(graph, gradRows, inputRows, { transposeA: true }), reduceSum(graph, gradRows, [0])];
  },
};
