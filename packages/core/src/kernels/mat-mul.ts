import type { Tensor } from "@tensorflow/tfjs-core";
import { tf } from "../tensor/tf.js";
import type { FusedAttributes, FusedKernel } from "./fused-kernel.js";
import { runFusedSingle } from "./run-fused.js";

export const matMul: FusedKernel<"lit.MatMul"> = {
  name: "lit.MatMul",
  composite: ({ a, b }, { transposeA, transposeB, alpha }) => {
    const product =
      b.rank === 2 && a.rank > 2 && !transposeA
        ? flatProduct(a, b, transposeB)
        : tf.matMul(a, b, transposeA, transposeB);
    return [alpha === 1 ? product : tf.mul(product, alpha)];
  },
  gradient: {
    holds: ["a", "b"],
    isDifferentiable: true,
    compute: ({ dy, inputs: { a, b }, attrs: { transposeA, transposeB, alpha } }) => ({
      a: () =>
        sumTo(
          transposeA
            ? product(b, dy, { transposeA: transposeB, transposeB: true, alpha })
            : product(dy, b, { transposeA: false, transposeB: !transposeB, alpha }),
          a.shape,
        ),
      b: () =>
        sumTo(
          transposeB
            ? product(dy, a, { transposeA: true, transposeB: transposeA, alpha })
            : product(a, dy, { transposeA: !transposeA, transposeB: false, alpha }),
          b.shape,
        ),
    }),
  },
};

/** a · b with optional transposes of the last two dimensions, and a factor; one kernel. */
export function product(a: Tensor, b: Tensor, attrs: Partial<FusedAttributes<"lit.MatMul">> = {}): Tensor {
  return runFusedSingle(
    matMul,
    { a, b },
    { transposeA: attrs.transposeA ?? false, transposeB: attrs.transposeB ?? false, alpha: attrs.alpha ?? 1 },
  );
}

/** A batch of matrices times one matrix, as one product. */
function flatProduct(a: Tensor, b: Tensor, transposeB: boolean): Tensor {
  const rows = tf.reshape(a, [-1, a.shape.at(-1) ?? 1]);
  return tf.reshape(tf.matMul(rows, b, false, transposeB), [
    ...a.shape.slice(0, -1),
    (transposeB ? b.shape[0] : b.shape[1]) ?? 1,
  ]);
}

/** Sums over the dimensions that were broadcast. */
export function sumTo(tensor: Tensor, shape: readonly number[]): Tensor {
  if (tf.util.arraysEqual(tensor.shape, [...shape])) return tensor;
  const added = tensor.rank - shape.length;
  const axes = tensor.shape.flatMap((length, axis) =>
    axis < added || (length !== 1 && shape[axis - added] === 1) ? [axis] : [],
  );
  return tf.reshape(tf.sum(tensor, axes), [...shape]);
}
