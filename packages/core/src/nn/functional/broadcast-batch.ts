import { formatShape, ShapeError } from "../../errors/shape-error.js";
import { tf } from "../../tensor/tf.js";

/**
 * Matrices whose leading dimensions are the same: where one has fewer, or 1, it is repeated. Backends disagree about
 * products of matrices that differ in them, tfjs' own are wrong where each of the two is repeated along another
 * dimension.
 * @param operation for errors
 * @throws ShapeError where they cannot be made the same
 */
export function broadcastBatch(operation: string, matrices: readonly tf.Tensor[]): tf.Tensor[] {
  const batches = matrices.map(({ shape }) => shape.slice(0, -2));
  const [first = []] = batches;
  if (batches.every((batch) => tf.util.arraysEqual(batch, first))) return [...matrices];
  const common = batches.reduce((joined, batch) => commonShape(joined, batch) ?? fail(operation, matrices));
  return matrices.map((matrix) => tf.broadcastTo(matrix, [...common, ...matrix.shape.slice(-2)]));
}

function commonShape(a: readonly number[], b: readonly number[]): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis += 1) {
    const [left = 1, right = 1] = [a[axis - rank + a.length], b[axis - rank + b.length]];
    if (left !== right && left !== 1 && right !== 1) return undefined;
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

function fail(operation: string, matrices: readonly tf.Tensor[]): never {
  throw new ShapeError({
    message: `${operation}: the leading dimensions do not fit each other.`,
    expected: "the same leading dimensions, or 1 where one is to be repeated",
    received: matrices.map(({ shape }) => formatShape(shape)).join(", "),
    shapes: matrices.map(({ shape }) => shape),
  });
}
