import { refuseMore } from "../errors/refuse-more.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import type { tf } from "../tensor/tf.js";
import { sumRightmost } from "./broadcast.js";
import type { Constraint } from "./constraints.js";
import { Distribution, requireDistribution, type DistributionOptions } from "./distribution.js";

/**
 * A distribution whose last batch dimensions are one event: `logProb` is summed over them.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const law = new distributions.Independent(new distributions.Normal(tf.zeros([3]), 1), 1);
 * console.log(law.batchShape, law.eventShape); // [] [3]
 * console.log(law.logProb(tf.zeros([5, 3])).shape); // [5]: summed over the event
 * ```
 */
export class Independent<TBase extends Distribution = Distribution> extends Distribution {
  readonly baseDist: TBase;
  readonly reinterpretedBatchNdims: number;

  constructor(
    base: TBase,
    reinterpretedBatchNdims: number,
    options: DistributionOptions = {},
    ...more: readonly never[]
  ) {
    requireDistribution("Independent", base);
    const { batchShape, eventShape } = base;
    const kept = batchShape.length - reinterpretedBatchNdims;
    if (!Number.isInteger(reinterpretedBatchNdims) || reinterpretedBatchNdims < 0 || kept < 0)
      throw new MisconfigurationError({
        code: "LIT_DISTRIBUTION",
        message: "Independent cannot take so many batch dimensions into the event.",
        expected: `a whole number from 0 to ${batchShape.length}`,
        received: String(reinterpretedBatchNdims),
      });
    super({ batch: batchShape.slice(0, kept), event: [...batchShape.slice(kept), ...eventShape] }, options);
    refuseMore("Independent", more);
    this.baseDist = base;
    this.reinterpretedBatchNdims = reinterpretedBatchNdims;
  }

  override get support(): Constraint | undefined {
    return this.baseDist.support;
  }

  override get hasRsample(): boolean {
    return this.baseDist.hasRsample;
  }

  override get mean(): tf.Tensor {
    return this.baseDist.mean;
  }

  override get variance(): tf.Tensor {
    return this.baseDist.variance;
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    return sumRightmost(this.baseDist.logProb(value), this.reinterpretedBatchNdims);
  }

  override entropy(): tf.Tensor {
    return sumRightmost(this.baseDist.entropy(), this.reinterpretedBatchNdims);
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    const leading = shape.slice(0, shape.length - this.batchShape.length);
    return this.hasRsample ? this.baseDist.rsample(leading) : this.baseDist.sample(leading);
  }
}
