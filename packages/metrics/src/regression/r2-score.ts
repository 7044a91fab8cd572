import { Metric, MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { requireInteger } from "../base/check-options.js";
import { warnOnce } from "../base/warn-once.js";
import { averaged, requireMultioutput, type Multioutput } from "./multioutput.js";
import { requireTable, squaredSumsOf, totalsOf, type SquaredSums } from "./squared-sums.js";

export interface R2ScoreOptions {
  /** How many independent regressors the score is adjusted for; 0 for none. @default 0 */
  readonly adjusted?: number | undefined;
  /** @default "uniform_average" */
  readonly multioutput?: Multioutput | undefined;
}

/** Sums of squares below it count as none, as torchmetrics has it. */
const NOTHING = 1e-4;

function resolved(owner: string, options: R2ScoreOptions) {
  rejectUnknownOptions(owner, options, ["adjusted", "multioutput"]);
  const { adjusted = 0, multioutput = "uniform_average" } = options;
  requireInteger(owner, "adjusted", adjusted, 0);
  requireMultioutput(owner, multioutput);
  return { adjusted, multioutput };
}

function scoreOf({ squares, sum, errors, count }: SquaredSums, multioutput: Multioutput): tf.Tensor {
  const variance = tf.sub(squares, tf.div(tf.square(sum), count));
  const hasErrors = tf.logicalNot(tf.lessEqual(tf.abs(errors), NOTHING));
  const hasVariance = tf.logicalNot(tf.lessEqual(tf.abs(variance), NOTHING));
  const ones = tf.onesLike(errors);
  const withoutVariance = tf.where(hasErrors, tf.zerosLike(errors), ones);
  const usual = tf.where(hasErrors, tf.sub(1, tf.div(errors, variance)), ones);
  return averaged(tf.where(hasVariance, usual, withoutVariance), variance, multioutput);
}

/** The score for its degrees of freedom, where there are any left. */
function adjustedScore(score: tf.Tensor, count: tf.Tensor, adjusted: number): tf.Tensor {
  const rows = tf.max(count);
  const left = tf.sub(rows, adjusted + 1);
  const value = tf.sub(1, tf.div(tf.mul(tf.sub(1, score), tf.sub(rows, 1)), left));
  return tf.where(tf.broadcastTo(tf.greater(left, 0), score.shape), value, score);
}

function valueOf(sums: SquaredSums, options: ReturnType<typeof resolved>): tf.Tensor {
  const score = scoreOf(sums, options.multioutput);
  return options.adjusted === 0 ? score : adjustedScore(score, sums.count, options.adjusted);
}

/** @throws MisconfigurationError for fewer than two rows */
function checkRows(rows: number, adjusted: number): void {
  if (rows < 2) {
    throw new MisconfigurationError({
      code: "LIT_METRIC_INPUT",
      message: "R2Score compares errors with the variance of the targets, which a single row does not have.",
      expected: "at least two rows",
      received: String(rows),
    });
  }
  if (adjusted === 0 || rows - 1 > adjusted) return;
  const why =
    adjusted === rows - 1
      ? "Division by zero in the adjusted R2 score"
      : "There are more independent regressors than rows in the adjusted R2 score";
  warnOnce(`${why}: it is the score without an adjustment.`);
}

/**
 * The coefficient of determination: the share of the targets' variance that the predictions explain, at most 1.
 * @param preds [rows] or [rows, columns]
 * @param target the same shape
 * @returns a scalar, or [columns] for `multioutput: "raw_values"`; differentiable
 */
export function r2Score(preds: tf.Tensor, target: tf.Tensor, options: R2ScoreOptions = {}): tf.Tensor {
  const settings = resolved("r2Score", options);
  requireTable("R2Score", preds, target);
  checkRows(preds.shape[0] ?? 1, settings.adjusted);
  return valueOf(totalsOf(squaredSumsOf(preds, target)), settings);
}

/**
 * The coefficient of determination over all batches: the share of the targets' variance that the predictions explain,
 * at most 1. `compute` throws for fewer than two rows; the value of a batch with one row is NaN or infinite.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { R2Score } from "@lightning-ts/metrics";
 *
 * const score = new R2Score();
 * score.update(tf.tensor1d([2.5, 0, 2, 8]), tf.tensor1d([3, -0.5, 2, 7]));
 * console.log(score.compute().dataSync()[0]?.toFixed(4)); // 0.9486
 * ```
 */
export class R2Score extends Metric {
  override readonly higherIsBetter = true;
  override readonly plotUpperBound = 1;
  override readonly fullStateUpdate = false;
  readonly adjusted: number;
  readonly multioutput: Multioutput;
  /** [4, columns] of each batch: how many columns there are is not known before. */
  readonly #sums = this.addListState("sums");

  constructor(options: R2ScoreOptions = {}) {
    super(options);
    const { adjusted, multioutput } = resolved("R2Score", options);
    this.adjusted = adjusted;
    this.multioutput = multioutput;
  }

  /** @param preds and `target` are [rows] or [rows, columns], of as many columns in each batch */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    requireTable("R2Score", preds, target);
    this.#sums.push(squaredSumsOf(preds, target));
  }

  override compute(): tf.Tensor {
    const all = this.#sums.concat();
    if (all === undefined) return tf.scalar(Number.NaN);
    return valueOf(totalsOf(all), this);
  }

  protected override verify(): void {
    const all = this.#sums.concat();
    if (all !== undefined) checkRows(totalsOf(all).count.dataSync()[0] ?? 0, this.adjusted);
  }
}
