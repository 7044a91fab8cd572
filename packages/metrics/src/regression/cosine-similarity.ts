import { rejectUnknownOptions, tf } from "@lightning-ts/core";
import { asFloats } from "../base/as-floats.js";
import { reducedRows, requireRowReduction, RowValues, type RowReduction } from "../base/row-values.js";
import { requireVectors } from "./vectors.js";

export interface CosineSimilarityOptions {
  /** How the values of rows become one. @default "sum" */
  readonly reduction?: RowReduction | undefined;
}

function reductionOf(owner: string, options: CosineSimilarityOptions): RowReduction {
  rejectUnknownOptions(owner, options, ["reduction"]);
  const { reduction = "sum" } = options;
  requireRowReduction(owner, reduction);
  return reduction;
}

function cosines(preds: tf.Tensor, target: tf.Tensor): tf.Tensor {
  requireVectors("CosineSimilarity", preds, target);
  const [x, y] = [asFloats(preds), asFloats(target)];
  const lengths = tf.mul(tf.norm(x, 2, -1), tf.norm(y, 2, -1));
  return tf.div(tf.sum(tf.mul(x, y), -1), lengths);
}

/**
 * The cosine of the angle between each row of predictions and of targets; NaN for a row of zeros.
 * @param preds [rows, columns]
 * @param target the same shape
 * @returns a scalar, or [rows] for `reduction: "none"`; differentiable
 */
export function cosineSimilarity(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: CosineSimilarityOptions = {},
): tf.Tensor {
  const reduction = reductionOf("cosineSimilarity", options);
  return reducedRows(cosines(preds, target), reduction);
}

/**
 * The cosine of the angle between each row of predictions and of targets, over all batches; NaN for a row of zeros.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { CosineSimilarity } from "@lightning-ts/metrics";
 *
 * const similarity = new CosineSimilarity({ reduction: "mean" });
 * similarity.update(tf.tensor2d([[1, 0], [3, 4]]), tf.tensor2d([[0, 2], [6, 8]]));
 * console.log(similarity.compute().dataSync()[0]); // 0.5
 * ```
 */
export class CosineSimilarity extends RowValues {
  override readonly higherIsBetter = true;
  override readonly plotLowerBound = 0;
  override readonly plotUpperBound = 1;
  constructor(options: CosineSimilarityOptions = {}) {
    super("CosineSimilarity", reductionOf("CosineSimilarity", options), options);
  }

  /** @param preds and `target` are [rows, columns] */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    this.addRows(cosines(preds, target));
  }
}
