import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";

export interface NewtonSchulz {
  readonly coefficients: readonly [number, number, number];
  readonly steps: number;
  /** The least norm that the matrix is divided by. */
  readonly eps: number;
}

/**
 * A matrix with about the same singular vectors and singular values near 1, by Newton-Schulz steps on products that are
 * rounded to bfloat16 as PyTorch's are.
 * @param matrix [rows, columns]
 */
export function nearestOrthogonal(matrix: Tensor, { coefficients, steps, eps }: NewtonSchulz): Tensor {
  const [a, b, c] = coefficients;
  const [rows = 0, columns = 0] = matrix.shape;
  const isTall = rows > columns;
  const rounded = toBfloat16(matrix);
  const norm = toBfloat16(tf.sqrt(tf.sum(tf.square(rounded))));
  const wide = isTall ? tf.transpose(rounded) : rounded;
  let current = toBfloat16(tf.div(wide, tf.maximum(norm, toBfloat16(tf.scalar(eps)))));
  for (let step = 0; step < steps; step += 1) {
    const gram = toBfloat16(tf.matMul(current, current, false, true));
    const update = toBfloat16(tf.add(tf.mul(gram, b), tf.mul(tf.matMul(gram, gram), c)));
    current = toBfloat16(tf.add(tf.mul(current, a), tf.matMul(update, current)));
  }
  return isTall ? tf.transpose(current) : current;
}

/** Rounded to eight significant bits, in float32 (Veltkamp's way, exact up to 1e33). */
function toBfloat16(value: Tensor): Tensor {
  const scaled = tf.mul(value, 2 ** 16 + 1);
  return tf.sub(scaled, tf.sub(scaled, value));
}
