import { refuseMore } from "../errors/refuse-more.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import { ShapeError } from "../errors/shape-error.js";
import { tf } from "../tensor/tf.js";
import { broadcastTo, commonShape, requireTensor } from "./broadcast.js";
import { cholesky, choleskyOfInverse, diagonal, solveLower, swapLast, timesVector } from "./cholesky.js";
import { type Constraint, lowerCholesky, positiveDefinite, real } from "./constraints.js";
import { Distribution, type DistributionOptions } from "./distribution.js";
import { drawNormal } from "./draw.js";

/** One of three. */
export interface MultivariateNormalOptions extends DistributionOptions {
  readonly covarianceMatrix?: tf.Tensor | undefined;
  /** The inverse of the covariance. */
  readonly precisionMatrix?: tf.Tensor | undefined;
  /** The lower triangular factor of the covariance; the other two are turned into it. */
  readonly scaleTril?: tf.Tensor | undefined;
}

const MATRICES = ["covarianceMatrix", "precisionMatrix", "scaleTril"] as const;
const LOG_TWO_PI = Math.log(2 * Math.PI);

/**
 * The normal distribution of vectors, over the last dimension of `loc`.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.MultivariateNormal(tf.zeros([2]), { scaleTril: tf.tensor2d([[1, 0], [0.5, 2]]) });
 * console.log(law.rsample([5]).shape, law.logProb(tf.zeros([5, 2])).shape); // [5, 2] [5]
 * ```
 */
export class MultivariateNormal extends Distribution {
  readonly support = real;
  readonly loc: tf.Tensor;
  readonly scaleTril: tf.Tensor;

  constructor(loc: tf.Tensor, options: MultivariateNormalOptions, ...more: readonly never[]) {
    rejectUnknownOptions("MultivariateNormal", options, [...MATRICES, "validateArgs"]);
    requireTensor(loc);
    const given = MATRICES.flatMap((name) => {
      const matrix = options[name];
      return matrix === undefined ? [] : [{ name, matrix }];
    });
    const [first] = given;
    if (first === undefined || given.length > 1)
      throw new MisconfigurationError({
        code: "LIT_DISTRIBUTION",
        message: "MultivariateNormal needs one matrix.",
        expected: `one of ${MATRICES.join(", ")}`,
        received: given.map(({ name }) => name).join(", ") || "none",
      });
    const { name, matrix } = first;
    const size = loc.shape.at(-1);
    if (size === undefined || matrix.rank < 2 || matrix.shape.at(-1) !== size || matrix.shape.at(-2) !== size)
      throw new ShapeError({
        message: `MultivariateNormal's ${name} does not fit its loc.`,
        expected: "loc [..., n] and a matrix [..., n, n]",
        received: `[${loc.shape.join(", ")}] and [${matrix.shape.join(", ")}]`,
        shapes: [loc.shape, matrix.shape],
      });
    const batch = commonShape([loc.shape.slice(0, -1), matrix.shape.slice(0, -2)]);
    super({ batch, event: [size] }, { validateArgs: options.validateArgs });
    refuseMore("MultivariateNormal", more);
    const constraint: Constraint = name === "scaleTril" ? lowerCholesky : positiveDefinite;
    this.requireParameters([
      ["loc", loc, real],
      [name, matrix, constraint],
    ]);
    this.loc = broadcastTo(loc, [...batch, size]);
    const factor =
      name === "scaleTril" ? matrix : name === "covarianceMatrix" ? cholesky(matrix) : choleskyOfInverse(matrix);
    this.scaleTril = broadcastTo(factor, [...batch, size, size]);
  }

  get covarianceMatrix(): tf.Tensor {
    return tf.matMul(this.scaleTril, swapLast(this.scaleTril));
  }

  override get mean(): tf.Tensor {
    return this.loc;
  }

  override get variance(): tf.Tensor {
    return tf.sum(tf.square(this.scaleTril), -1);
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    const distance = tf.sum(tf.square(solveLower(this.scaleTril, tf.sub(value, this.loc))), -1);
    return tf.sub(tf.mul(tf.add(distance, this.#size * LOG_TWO_PI), -0.5), this.#halfLogDeterminant());
  }

  override entropy(): tf.Tensor {
    return tf.add(this.#halfLogDeterminant(), 0.5 * this.#size * (1 + LOG_TWO_PI));
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    return tf.add(this.loc, timesVector(this.scaleTril, drawNormal([...shape, this.#size])));
  }

  get #size(): number {
    return this.eventShape[0] ?? 0;
  }

  #halfLogDeterminant(): tf.Tensor {
    return tf.sum(tf.log(diagonal(this.scaleTril)), -1);
  }
}
