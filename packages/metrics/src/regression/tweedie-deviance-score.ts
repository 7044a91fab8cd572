import { item, MisconfigurationError, rejectUnknownOptions, tf } from "@lightning-ts/core";
import { addTo } from "../base/add-to.js";
import { asFloats } from "../base/as-floats.js";
import { refusedOption } from "../base/check-options.js";
import { requireSameShape } from "../base/check-shapes.js";
import { SumOverCount } from "../base/sum-over-count.js";

export interface TweedieDevianceScoreOptions {
  /**
   * The power of the mean that the variance follows: 0 normal, 1 Poisson, between them none, 1 … 2 compound Poisson,
   * 2 gamma, 3 inverse Gaussian, below 0 extreme stable. @default 0
   */
  readonly power?: number | undefined;
}

function powerOf(owner: string, options: TweedieDevianceScoreOptions): number {
  rejectUnknownOptions(owner, options, ["power"]);
  const { power = 0 } = options;
  if (Number.isNaN(power) || (power > 0 && power < 1))
    throw refusedOption(owner, "power", power, "0 or less, or 1 or more: no deviance has a power between");
  return power;
}

/** x · log(y), which is 0 where x is. */
function xLogY(x: tf.Tensor, y: tf.Tensor): tf.Tensor {
  return tf.where(tf.equal(x, 0), tf.zerosLike(x), tf.mul(x, tf.log(y)));
}

function deviances(preds: tf.Tensor, target: tf.Tensor, power: number): tf.Tensor {
  if (power === 0) return tf.square(tf.sub(target, preds));
  if (power === 1) return tf.mul(tf.add(xLogY(target, tf.div(target, preds)), tf.sub(preds, target)), 2);
  const ratio = tf.div(target, preds);
  if (power === 2) return tf.mul(tf.sub(tf.sub(ratio, tf.log(ratio)), 1), 2);
  const ofTarget = tf.div(tf.pow(tf.maximum(target, 0), 2 - power), (1 - power) * (2 - power));
  const mixed = tf.div(tf.mul(target, tf.pow(preds, 1 - power)), 1 - power);
  const ofPreds = tf.div(tf.pow(preds, 2 - power), 2 - power);
  return tf.mul(tf.add(tf.sub(ofTarget, mixed), ofPreds), 2);
}

interface Batch {
  readonly sum: tf.Tensor;
  /** How many predictions and targets the power has no deviance for. */
  readonly outside: tf.Tensor;
}

function measured(given: { readonly preds: tf.Tensor; readonly target: tf.Tensor }, power: number): Batch {
  requireSameShape("TweedieDevianceScore", given.preds, given.target);
  const [preds, target] = [asFloats(given.preds), asFloats(given.target)];
  const count = (where: tf.Tensor) => tf.sum(tf.cast(where, "float32"));
  const none = tf.scalar(0);
  const outsidePreds = power === 0 ? none : count(tf.lessEqual(preds, 0));
  const areTargetsStrict = power >= 2;
  const outsideTargets = power <= 0 ? none : count(areTargetsStrict ? tf.lessEqual(target, 0) : tf.less(target, 0));
  return { sum: tf.sum(deviances(preds, target, power)), outside: tf.add(outsidePreds, outsideTargets) };
}

/** Reads the count. @throws MisconfigurationError unless it is 0 */
function requireNoneOutside(outside: tf.Tensor, power: number): void {
  const count = item(outside);
  if (count === 0) return;
  const targets = power <= 0 ? "any targets" : `targets ${power >= 2 ? "above 0" : "of at least 0"}`;
  throw new MisconfigurationError({
    code: "LIT_METRIC_INPUT",
    message: `TweedieDevianceScore has no deviance of power ${power} for some of the values.`,
    expected: `predictions above 0, and ${targets}`,
    received: `${count} values that are not`,
  });
}

/**
 * The mean deviance of a distribution whose variance is a power of its mean. Unless the power is 0, it reads from the
 * device whether all values are in the domain.
 * @param preds any shape
 * @param target the same shape
 * @returns a scalar; differentiable
 * @throws MisconfigurationError for values that the power has no deviance for
 */
export function tweedieDevianceScore(
  preds: tf.Tensor,
  target: tf.Tensor,
  options: TweedieDevianceScoreOptions = {},
): tf.Tensor {
  const power = powerOf("tweedieDevianceScore", options);
  const { sum, outside } = measured({ preds, target }, power);
  if (power !== 0) requireNoneOutside(outside, power);
  return tf.div(sum, preds.size);
}

/**
 * The mean deviance, over all batches, of a distribution whose variance is a power of its mean. `compute` throws when
 * a batch had values that the power has no deviance for; the value of one batch is then NaN or infinite.
 * @example
 * ```ts
 * import { tf } from "@lightning-ts/core";
 * import { TweedieDevianceScore } from "@lightning-ts/metrics";
 *
 * const deviance = new TweedieDevianceScore({ power: 1 });
 * deviance.update(tf.tensor1d([1, 3]), tf.tensor1d([2, 3]));
 * console.log(deviance.compute().dataSync()[0]?.toFixed(3)); // 0.386
 * ```
 */
export class TweedieDevianceScore extends SumOverCount {
  override readonly plotLowerBound = 0;
  readonly power: number;
  readonly #outside = this.addState("outside", { reduce: "sum" });

  constructor(options: TweedieDevianceScoreOptions = {}) {
    super(options);
    this.power = powerOf("TweedieDevianceScore", options);
  }

  /** @param preds and `target` are of one shape */
  override update(preds: tf.Tensor, target: tf.Tensor): void {
    const { sum, outside } = measured({ preds, target }, this.power);
    this.add(sum, preds.size);
    addTo(this.#outside, outside);
  }

  protected override verify(): void {
    if (this.power !== 0) requireNoneOutside(this.#outside, this.power);
  }
}
