import { tf } from "../tensor/tf.js";

/**
 * The lower triangular factor of positive definite matrices [..., n, n], column by column from operations with
 * gradients: meant for the small matrices of distributions.
 */
export function cholesky(given: tf.Tensor): tf.Tensor {
  // Gradients then reach both halves, as torch's do.
  const matrix = tf.mul(tf.add(given, swapLast(given)), 0.5);
  const size = matrix.shape.at(-1) ?? 0;
  const columns: tf.Tensor[] = [];
  for (let j = 0; j < size; j += 1) {
    let column = columnOf(matrix, j);
    for (const before of columns) column = tf.sub(column, tf.mul(before, elementOf(before, j)));
    const below = tf.tensor1d(Array.from({ length: size }, (_, i) => (i >= j ? 1 : 0)));
    columns.push(tf.mul(tf.div(column, tf.sqrt(elementOf(column, j))), below));
  }
  return tf.stack(columns, -1);
}

/** Solves `factor · x = value` for lower triangular factors [..., n, n] and vectors [..., n]. */
export function solveLower(factor: tf.Tensor, value: tf.Tensor): tf.Tensor {
  const size = factor.shape.at(-1) ?? 0;
  let rest = value;
  const solved: tf.Tensor[] = [];
  for (let j = 0; j < size; j += 1) {
    const column = columnOf(factor, j);
    const element = tf.div(elementOf(rest, j), elementOf(column, j));
    rest = tf.sub(rest, tf.mul(column, element));
    solved.push(element);
  }
  return tf.concat(solved, -1);
}

/** `factor · vector` for matrices [..., n, n] and vectors [..., n], broadcast. */
export function timesVector(factor: tf.Tensor, vector: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(factor, tf.expandDims(vector, -2)), -1);
}

/** The diagonals of matrices [..., n, n]: [..., n]. */
export function diagonal(matrix: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(matrix, tf.eye(matrix.shape.at(-1) ?? 0)), -1);
}

/** The lower triangular factor of the inverses of positive definite matrices. */
export function choleskyOfInverse(matrix: tf.Tensor): tf.Tensor {
  const size = matrix.shape.at(-1) ?? 0;
  const axes = [matrix.rank - 2, matrix.rank - 1];
  const flipped = tf.reverse(cholesky(tf.reverse(matrix, axes)), axes);
  const transposed = swapLast(flipped);
  const unit = tf.eye(size);
  const columns = Array.from({ length: size }, (_, j) =>
    solveLower(transposed, tf.add(tf.zeros([...matrix.shape.slice(0, -1)]), columnOf(unit, j))),
  );
  return tf.stack(columns, -1);
}

export function swapLast(matrix: tf.Tensor): tf.Tensor {
  const order = matrix.shape.map((_, axis) => axis);
  return tf.transpose(matrix, [...order.slice(0, -2), matrix.rank - 1, matrix.rank - 2]);
}

function columnOf(matrix: tf.Tensor, index: number): tf.Tensor {
  const begin = [...matrix.shape.slice(0, -1).map(() => 0), index];
  return tf.squeeze(tf.slice(matrix, begin, [...matrix.shape.slice(0, -1), 1]), [matrix.rank - 1]);
}

/** [..., 1] */
function elementOf(vector: tf.Tensor, index: number): tf.Tensor {
  return tf.slice(vector, [...vector.shape.slice(0, -1).map(() => 0), index], [...vector.shape.slice(0, -1), 1]);
}
