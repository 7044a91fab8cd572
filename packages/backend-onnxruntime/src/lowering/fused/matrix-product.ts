import type { GraphBuilder, GraphValue } from "../../contract/graph-builder.js";
import { mapPacked } from "../../graph/map-packed.js";
import { exactSum } from "../sums/exact-sum.js";
import { innerParts, type OperandParts } from "../sums/inner-parts.js";
import type { PartedOperand } from "../sums/part-plan.js";
import { roundToCompute } from "./autocast.js";
import { binary, floatConstant, isEmpty, range, reshape, transpose, zeros } from "./emit.js";
import { columnAsRow } from "./single-column.js";

export interface MatrixProductOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** @default 1 */
  readonly alpha?: number;
}

/** alpha · a · b over the last two dimensions of both, batch dimensions broadcast; rounded for autocast. */
export function matrixProduct(
  graph: GraphBuilder,
  a: GraphValue,
  b: GraphValue,
  options: MatrixProductOptions = {},
): GraphValue {
  return roundToCompute(graph, rawMatrixProduct(graph, roundToCompute(graph, a), roundToCompute(graph, b), options));
}

/**
 * The product that `matrixProduct` rounds, in float32 whatever autocast says. A long inner axis is multiplied in parts,
 * whose products are added up.
 */
export function rawMatrixProduct(
  graph: GraphBuilder,
  a: GraphValue,
  b: GraphValue,
  options: MatrixProductOptions = {},
): GraphValue {
  const { transposeA = false, transposeB = false, alpha = 1 } = options;
  const shape = matrixProductShape(a.shape, b.shape, transposeA, transposeB);
  if (isEmpty(a) || isEmpty(b)) return zeros(graph, shape);
  if (shape.at(-1) === 1 && !transposeA) {
    const { row, rows } = columnAsRow(graph, a, b);
    if (rows.shape.at(-2) !== 1)
      return reshape(graph, rawMatrixProduct(graph, row, rows, { transposeB: true, alpha }), shape);
  }
  const operands: [PartedOperand, PartedOperand] = [
    { value: a, isInnerLast: !transposeA },
    { value: b, isInnerLast: transposeB },
  ];
  if (graph.isPortable === true) return portableProduct(graph, operands, { alpha, shape });
  const products = innerParts(graph, ...operands).map(({ left, right, count }) => {
    const product = fusedProduct(graph, left, right, alpha);
    return count === 1 ? product : reshape(graph, exactSum(graph, product, [product.shape.length - 3]), shape);
  });
  return products.reduce((sum, product) => graph.op("Add", [sum, product]));
}

/** The product with operators of ONNX alone, for models that other runtimes read. */
function portableProduct(
  graph: GraphBuilder,
  [left, right]: readonly [PartedOperand, PartedOperand],
  { alpha, shape }: { readonly alpha: number; readonly shape: readonly number[] },
): GraphValue {
  const swapped = ({ value }: PartedOperand) => {
    const rank = value.shape.length;
    return transpose(graph, value, [...range(0, rank - 2), rank - 1, rank - 2]);
  };
  const operands = [left.isInnerLast ? left.value : swapped(left), right.isInnerLast ? swapped(right) : right.value];
  const product = graph.op("MatMul", operands, { shape });
  return alpha === 1 ? product : binary(graph, "Mul", product, floatConstant(graph, alpha));
}

function fusedProduct(graph: GraphBuilder, left: OperandParts, right: OperandParts, alpha: number): GraphValue {
  const [transA, transB] = [!left.isInnerLast, right.isInnerLast];
  const shape = matrixProductShape(partsFirst(left), partsFirst(right), transA, transB);
  const inPlace =
    left.isOuterFirst || right.isOuterFirst
      ? { transBatchA: left.isOuterFirst ? 1 : 0, transBatchB: right.isOuterFirst ? 1 : 0 }
      : {};
  const attrs = { transA: transA ? 1 : 0, transB: transB ? 1 : 0, ...inPlace, alpha: { float: alpha } };
  return graph.op("FusedMatMul", [left.value, right.value], { domain: "com.microsoft", shape, attrs });
}

/** The shape that an operand stands for. */
function partsFirst({ value, isOuterFirst }: OperandParts): readonly number[] {
  const [outer = 1, count = 1, inner = 1] = value.shape;
  return isOuterFirst ? [count, outer, inner] : value.shape;
}

export function matrixProductShape(
  a: readonly number[],
  b: readonly number[],
  transposeA: boolean,
  transposeB: boolean,
): number[] {
  const rank = Math.max(a.length, b.length);
  const batch = mapPacked(range(0, rank - 2), (index) => {
    const left = a[index - rank + a.length] ?? 1;
    const right = b[index - rank + b.length] ?? 1;
    return left === 1 ? right : left;
  });
  return [...batch, a.at(transposeA ? -1 : -2) ?? 1, b.at(transposeB ? -2 : -1) ?? 1];
}
