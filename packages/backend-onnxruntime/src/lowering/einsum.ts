import type { GraphBuilder, GraphValue } from "../contract/graph-builder.js";
import { elementCount } from "../graph/value-spec.js";
import { rawMatrixProduct } from "./fused/matrix-product.js";
import { reshape, transpose } from "./fused/emit.js";
import { exactSum } from "./sums/exact-sum.js";

/** A tensor whose axes have letters. */
interface Lettered {
  readonly value: GraphValue;
  readonly letters: readonly string[];
}

/**
 * `"ij,jk->ik"` over one or two tensors: letters that only one of them has are summed first, letters that both have and
 * the result lacks are the inner axis of one matrix product, and the other shared ones are its batch.
 */
export function einsum(graph: GraphBuilder, tensors: readonly GraphValue[], equation: string): GraphValue {
  const [terms = "", result = ""] = equation.split("->");
  const operands = terms.split(",").map((term, i): Lettered => ({ value: valueAt(tensors, i), letters: [...term] }));
  const [left, right] = operands.map((operand, i) =>
    sumOut(
      graph,
      operand,
      (letter) => result.includes(letter) || operands.some((other, j) => j !== i && other.letters.includes(letter)),
    ),
  );
  if (left === undefined) throw new RangeError("An einsum has at least one operand.");
  const product = right === undefined ? left : multiply(graph, left, right, (letter) => result.includes(letter));
  return transpose(
    graph,
    product.value,
    [...result].map((letter) => product.letters.indexOf(letter)),
  );
}

function valueAt(values: readonly GraphValue[], position: number): GraphValue {
  const value = values[position];
  if (value === undefined) throw new RangeError(`An einsum has ${values.length} operands, not ${position + 1}.`);
  return value;
}

function sumOut(graph: GraphBuilder, { value, letters }: Lettered, isNeeded: (letter: string) => boolean): Lettered {
  const axes = letters.map((_, axis) => axis).filter((axis) => !isNeeded(letters[axis] ?? ""));
  return { value: exactSum(graph, value, axes), letters: letters.filter(isNeeded) };
}

function multiply(graph: GraphBuilder, left: Lettered, right: Lettered, isKept: (letter: string) => boolean): Lettered {
  const shared = left.letters.filter((letter) => right.letters.includes(letter));
  const [batch, inner] = [shared.filter(isKept), shared.filter((letter) => !isKept(letter))];
  const own = ({ letters }: Lettered) => letters.filter((letter) => !shared.includes(letter));
  const [rows, columns] = [own(left), own(right)];
  const a = matrixOf(graph, left, [batch, rows, inner]);
  const b = matrixOf(graph, right, [batch, inner, columns]);
  const extents = new Map(
    [left, right].flatMap(({ value, letters }) =>
      letters.map((letter, axis) => [letter, value.shape[axis] ?? 1] as const),
    ),
  );
  const letters = [...batch, ...rows, ...columns];
  return {
    value: reshape(
      graph,
      rawMatrixProduct(graph, a, b),
      letters.map((letter) => extents.get(letter) ?? 1),
    ),
    letters,
  };
}

/** The tensor with its axes in groups, each as one axis. */
function matrixOf(
  graph: GraphBuilder,
  { value, letters }: Lettered,
  groups: readonly (readonly string[])[],
): GraphValue {
  const perm = groups.flat().map((letter) => letters.indexOf(letter));
  const shape = groups.map((group) => elementCount(group.map((letter) => value.shape[letters.indexOf(letter)] ?? 1)));
  return reshape(graph, transpose(graph, value, perm), shape);
}
