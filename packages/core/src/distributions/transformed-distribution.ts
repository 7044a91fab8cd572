import { refuseMore } from "../errors/refuse-more.js";
import { describeValue } from "../errors/describe-value.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { tf } from "../tensor/tf.js";
import { sumRightmost } from "./broadcast.js";
import { Distribution, requireDistribution, type DistributionOptions } from "./distribution.js";
import type { Transform } from "./transforms/transform.js";

/**
 * What functions, one after the other, make of draws from another distribution.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 * const normal = new distributions.Normal(0, 1);
 * const law = new distributions.TransformedDistribution(normal, new distributions.TanhTransform());
 * console.log(law.rsample([5]).shape); // [5], between -1 and 1
 * ```
 */
export class TransformedDistribution extends Distribution {
  readonly support = undefined;
  readonly baseDist: Distribution;
  readonly transforms: readonly Transform[];

  constructor(
    base: Distribution,
    transforms: Transform | readonly Transform[],
    options: DistributionOptions = {},
    ...more: readonly never[]
  ) {
    requireDistribution("TransformedDistribution", base);
    super({ batch: base.batchShape, event: base.eventShape }, options);
    refuseMore("TransformedDistribution", more);
    this.baseDist = base;
    this.transforms = isList(transforms) ? transforms : [transforms];
    for (const transform of this.transforms) requireTransform(transform);
  }

  override get hasRsample(): boolean {
    return this.baseDist.hasRsample;
  }

  override get mean(): tf.Tensor {
    throw this.#unknown("mean");
  }

  override get variance(): tf.Tensor {
    throw this.#unknown("variance");
  }

  override logProb(value: tf.Tensor): tf.Tensor {
    this.requireValue(value);
    let y = value;
    let volume: tf.Tensor = tf.scalar(0);
    for (const transform of [...this.transforms].reverse()) {
      const x = transform.inverse(y);
      volume = tf.add(volume, sumRightmost(transform.logAbsDetJacobian(x, y), this.eventShape.length));
      y = x;
    }
    return tf.sub(this.baseDist.logProb(y), volume);
  }

  override entropy(): tf.Tensor {
    throw this.#unknown("entropy");
  }

  protected override draw(shape: readonly number[]): tf.Tensor {
    const leading = shape.slice(0, shape.length - this.batchShape.length);
    const start = this.hasRsample ? this.baseDist.rsample(leading) : this.baseDist.sample(leading);
    return this.transforms.reduce((x, transform) => transform.forward(x), start);
  }

  #unknown(what: string): MisconfigurationError {
    return new MisconfigurationError({
      code: "LIT_DISTRIBUTION",
      message: `TransformedDistribution knows no formula for its ${what}.`,
      tryThis: "the mean over many draws: rsample([1000]).",
    });
  }
}

function isList(transforms: Transform | readonly Transform[]): transforms is readonly Transform[] {
  return Array.isArray(transforms);
}

function requireTransform(transform: unknown): void {
  if (typeof transform === "object" && transform !== null && "logAbsDetJacobian" in transform) return;
  throw new MisconfigurationError({
    code: "LIT_DISTRIBUTION",
    message: "TransformedDistribution takes one transform, or a list of some.",
    expected: "such as new distributions.TanhTransform()",
    received: describeValue(transform),
  });
}
