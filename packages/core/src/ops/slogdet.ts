import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import { ShapeError } from "../errors/shape-error.js";

/**
 * The signs and the logarithms of the absolute values of determinants, as `torch.linalg.slogdet`: 0 and -Infinity of
 * singular matrices. By elimination with the largest pivot of each column, in operations with gradients of any order
 * that read nothing: meant for matrices of some dozen rows, such as those of normalizing flows.
 * @param matrix float32 [..., n, n]
 * @returns both [...]; a gradient flows through the logarithm alone
 * @throws ShapeError where the last two dimensions are not alike
 * @example
 * ```ts
 * import { slogdet, tf } from "@lightning-ts/core";
 *
 * const [sign, logabsdet] = slogdet(tf.tensor2d([[0, 2], [3, 4]]));
 * console.log(sign.dataSync()[0], Math.exp(logabsdet.dataSync()[0] ?? 0)); // -1, 6
 * ```
 */
export function slogdet(matrix: Tensor): readonly [sign: Tensor, logabsdet: Tensor] {
  const size = matrix.shape.at(-1) ?? 0;
  if (matrix.rank < 2 || matrix.shape.at(-2) !== size || matrix.dtype !== "float32") {
    throw new ShapeError({
      message: "slogdet: these are no square matrices of floats.",
      expected: "float32 [..., n, n]",
      received: `${matrix.dtype} [${matrix.shape.join(", ")}]`,
      shapes: [matrix.shape],
    });
  }
  const batch = matrix.shape.slice(0, -2);
  const count = batch.reduce((product, length) => product * length, 1);
  let rest: Rest = {
    rows: tf.reshape(matrix, [count, size, size]),
    isFree: tf.ones([count, size]),
    sign: tf.ones([count]),
    logarithm: tf.zeros([count]),
  };
  for (let column = 0; column < size; column += 1) rest = eliminate(rest, column, size);
  return [tf.reshape(rest.sign, batch), tf.reshape(rest.logarithm, batch)];
}

/** What is left of [matrices, n, n] after some columns. */
interface Rest {
  readonly rows: Tensor;
  /** 1 for rows that were no pivot yet: [matrices, n]. */
  readonly isFree: Tensor;
  readonly sign: Tensor;
  readonly logarithm: Tensor;
}

function eliminate({ rows, isFree, sign, logarithm }: Rest, column: number, size: number): Rest {
  const values = tf.squeeze(tf.slice(rows, [0, 0, column], [-1, -1, 1]), [2]);
  // Rows that were pivots before count as -1, less than any absolute value.
  const eligible = tf.sub(tf.mul(tf.abs(values), isFree), tf.sub(1, isFree));
  const chosen = tf.expandDims(tf.argMax(eligible, 1), 1);
  const isPivot = tf.cast(tf.equal(chosen, tf.range(0, size, 1, "int32")), "float32");
  const stillFree = tf.sub(isFree, isPivot);
  const pivotRow = tf.sum(tf.mul(rows, tf.expandDims(isPivot, 2)), 1, true);
  const pivot = tf.sum(tf.mul(values, isPivot), 1);
  // A column of zeros is not divided by its pivot.
  const divisor = tf.where(tf.equal(pivot, 0), tf.onesLike(pivot), pivot);
  const shares = tf.mul(tf.div(values, tf.expandDims(divisor, 1)), stillFree);
  // A row that comes before free ones with smaller numbers has changed places with each of them.
  const before = tf.sum(tf.mul(tf.sub(tf.cumsum(isPivot, 1, false, true), isPivot), stillFree), 1);
  const parity = tf.sub(1, tf.mul(2, tf.mod(before, 2)));
  return {
    rows: tf.sub(rows, tf.mul(tf.expandDims(shares, 2), pivotRow)),
    isFree: stillFree,
    sign: tf.mul(sign, tf.mul(tf.sign(pivot), parity)),
    logarithm: tf.add(logarithm, tf.log(tf.abs(pivot))),
  };
}
