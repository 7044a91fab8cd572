import type { Buffer, Parameter } from "../../../autograd/parameter.js";
import { RandomStream } from "../../../random/random-stream.js";
import { detach } from "../../../tensor/detach.js";
import { noGrad } from "../../../tensor/recording.js";
import { tf } from "../../../tensor/tf.js";

interface PowerIteration {
  /** Left and right singular vectors so far; they are changed in place. */
  readonly u: Buffer;
  readonly v: Buffer;
  readonly steps: number;
  readonly eps: number;
  /** Which vector a step makes first: PyTorch's older spectral norm and its newer one differ. */
  readonly first: "u" | "v";
  /** The dimension of the weight that has the matrix's rows. */
  readonly dim: number;
}

/** A random vector of length 1, from the random stream "init". */
export function singularVector(size: number): Float32Array {
  const values = RandomStream.named("init").fillNormal(new Float32Array(size));
  const length = Math.hypot(...values);
  return values.map((value) => value / Math.max(length, 1e-12));
}

/** A weight divided by its largest singular value, after some steps of the power iteration. */
export function spectrallyNormalized(weight: Parameter, iteration: PowerIteration): tf.Tensor {
  const { dim } = iteration;
  const axis = dim < 0 ? weight.rank + dim : dim;
  const order = [axis, ...weight.shape.map((_, i) => i).filter((i) => i !== axis)];
  const matrix = tf.reshape(axis === 0 ? weight : tf.transpose(weight, order), [weight.shape[axis] ?? 1, -1]);
  iterate(detach(matrix), iteration);
  // Copies: the next use changes the vectors, and the gradient of this one needs them as they are.
  const [u, v] = [detach(tf.mul(iteration.u, 1)), detach(tf.mul(iteration.v, 1))];
  return tf.div(weight, tf.sum(tf.mul(u, product(matrix, v))));
}

/** Takes steps of the power iteration. */
function iterate(matrix: tf.Tensor, { u, v, steps, eps, first }: PowerIteration): void {
  noGrad(() =>
    tf.tidy(() => {
      for (let step = 0; step < steps; step += 1) {
        if (first === "u") u.assign(unit(product(matrix, v), eps));
        v.assign(unit(product(tf.transpose(matrix), u), eps));
        if (first === "v") u.assign(unit(product(matrix, v), eps));
      }
    }),
  );
}

function product(matrix: tf.Tensor, vector: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.matMul(matrix, tf.reshape(vector, [-1, 1])), [-1]);
}

function unit(vector: tf.Tensor, eps: number): tf.Tensor {
  return tf.div(vector, tf.maximum(tf.norm(vector), eps));
}
