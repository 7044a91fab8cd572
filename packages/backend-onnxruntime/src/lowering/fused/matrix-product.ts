import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { exactSum } from "../sums/exact-sum.js";
import { innerParts, type PartedOperand } from "../sums/inner-parts.js";
import { roundToCompute } from "./autocast.js";
import { isEmpty, range, zeros } from "./emit.js";

export interface MatrixProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** @default 1 */
  readonly alpha?: number;
}

/** alpha · a · b over the last two dimensions of both, batch dimensions broadcast; rounded for autocast. */
export function matrixProduct(graph: GraphBuilder, a: GraphValue, b: GraphValue, options: MatrixProductOptions = {}): GraphValue {
  return roundToCompute(graph, rawMatrixProduct(graph, roundToCompute(graph, a), roundToCompute(graph, b), options));
}

/** The same in float32 whatever autocast says. A long inner axis is multiplied in parts, whose products are added up. */
export function rawMatrixProduct(graph: GraphBuilder, a: GraphValue, b: GraphValue, options: MatrixProductOptions = {}): GraphValue {
  const { transposeA = false, transposeB = false } = options;
  const shape = matrixProductShape(a.shape, b.shape, transposeA, transposeB);
  if (isEmpty(a) || isEmpty(b)) return zeros(graph, shape);
  const operands: [PartedOperand, PartedOperand] = [{ value: a, isInnerLast: !transposeA }, { value: b, isInnerLast: transposeB }];
  const products = innerParts(graph, ...operands).map(({ left, right, count }) => {
    const product = fusedProduct(graph, left, right, options);
    return count === 1 ? product : exactSum(graph, product, [product.shape.length - 3]);
  });
  return products.reduce((sum, product) => graph.op("Add", [sum, product]));
}

function fusedProduct(graph: GraphBuilder, a: GraphValue, b: GraphValue, { transposeA = false, transposeB = false, alpha = 1 }: MatrixProductOptions): GraphValue {
  const shape = matrixProductShape(a.shape, b.shape, transposeA, transposeB);
  const attrs = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0, alpha: { float: alpha } };
  return graph.op("FusedMatMul", [a, b], { domain: "com.microsoft", shape, attrs });
}

export function matrixProductShape(a: readonly number[], b: readonly number[], transposeA: boolean, transposeB: boolean): number[] {
  const rank = Math.max(a.length, b.length);
  const batch = range(0, rank - 2).map((index) => {
    const left = a[index - rank + a.length] ?? 1;
    const right = b[index - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
  return [...batch, a.at(transposeA ? -1 : -2) ?? 1, b.at(transposeB ? -2 : -1) ?? 1];
}
