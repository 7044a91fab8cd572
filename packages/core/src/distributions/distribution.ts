import { refuseMore } from "../errors/refuse-more.js";
import { describeValue } from "../errors/describe-value.js";
import { classNameOf } from "../errors/class-name.js";
import { rejectUnknownOptions } from "../errors/reject-unknown-options.js";
import { MisconfigurationError } from "../errors/misconfiguration-error.js";
import { formatShape, ShapeError } from "../errors/shape-error.js";
import { noGrad } from "../tensor/recording.js";
import { tf } from "../tensor/tf.js";
import { type Constraint, requireConstraint } from "./constraints.js";

export interface DistributionOptions {
  /**
   * Check parameters when the distribution is made, and values given to `logProb`. Tensors are read for it, which costs
   * a step of training a run of its own; numbers are not. @default what `setDefaultValidateArgs` said, at first true
   */
  readonly validateArgs?: boolean | undefined;
}

let isValidatedByDefault = true;

/** Whether distributions check their parameters and values where they are not told. */
export function setDefaultValidateArgs(isValidated: boolean, ...more: readonly never[]): void {
  refuseMore("setDefaultValidateArgs", more);
  isValidatedByDefault = isValidated;
}

export interface Shapes {
  /** The shape of the parameters: one independent distribution for each element. @default [] */
  readonly batch?: readonly number[] | undefined;
  /** The shape of one draw from one of them. @default [] */
  readonly event?: readonly number[] | undefined;
}

/**
 * Base of the distributions: shapes, methods and formulas of torch 2.x `torch.distributions`.
 * @example
 * ```ts
 * import { distributions, tf } from "@lightning-ts/core";
 *
 * const each: distributions.Distribution[] = [new distributions.Normal(0, 1), new distributions.Uniform(0, 2)];
 * for (const one of each) console.log(one.logProb(tf.scalar(1)).dataSync()[0]); // -1.418…, -0.693…
 * ```
 */
export abstract class Distribution {
  readonly batchShape: readonly number[];
  readonly eventShape: readonly number[];
  /** What `logProb` accepts; undefined where it accepts everything. */
  abstract readonly support: Constraint | undefined;
  protected readonly isValidated: boolean;

  /** @throws MisconfigurationError for an option that is unknown: subclasses keep their own from it */
  protected constructor({ batch = [], event = [] }: Shapes, options: DistributionOptions) {
    rejectUnknownOptions(classNameOf(this), options, ["validateArgs"]);
    this.batchShape = batch;
    this.eventShape = event;
    this.isValidated = options.validateArgs ?? isValidatedByDefault;
  }

  /** Whether gradients flow from draws to the parameters. */
  get hasRsample(): boolean {
    return true;
  }

  abstract get mean(): tf.Tensor;
  abstract get variance(): tf.Tensor;

  get stddev(): tf.Tensor {
    return tf.sqrt(this.variance);
  }

  /** The logarithm of the density, or of the probability, of each value; of the batch's shape, broadcast. */
  abstract logProb(value: tf.Tensor): tf.Tensor;

  /** The entropy in nats; of the batch's shape. */
  abstract entropy(): tf.Tensor;

  /** Draws, through which no gradient flows. @param shape how many; the shape of the result begins with it */
  sample(shape: readonly number[] = []): tf.Tensor {
    requireSampleShape(classNameOf(this), shape);
    return noGrad(() => tf.tidy(() => this.draw([...shape, ...this.batchShape])));
  }

  /** Draws through which gradients flow to the parameters. @throws MisconfigurationError where there are none */
  rsample(shape: readonly number[] = []): tf.Tensor {
    requireSampleShape(classNameOf(this), shape);
    if (this.hasRsample) return this.draw([...shape, ...this.batchShape]);
    throw new MisconfigurationError({
      message: `${this.constructor.name} has draws without gradients only.`,
      tryThis: "sample(), and gradients of logProb (REINFORCE).",
    });
  }

  /** Draws one event for each element of `shape`, which ends with the batch's. */
  protected abstract draw(shape: readonly number[]): tf.Tensor;

  /** To be called once by constructors. @throws MisconfigurationError for a parameter that is none */
  protected requireParameters(parameters: readonly (readonly [string, tf.Tensor | number, Constraint])[]): void {
    if (!this.isValidated) return;
    for (const [name, value, constraint] of parameters)
      requireConstraint(`parameter ${name} of ${this.constructor.name}`, value, constraint);
  }

  /** To be called by `logProb`. @throws ShapeError, MisconfigurationError */
  protected requireValue(value: tf.Tensor): void {
    const own = [...this.batchShape, ...this.eventShape];
    const given = value.shape;
    const isEvent = this.eventShape.every((size, i) => given[given.length - this.eventShape.length + i] === size);
    const isBroadcast = own.every((size, i) => {
      const other = given[given.length - own.length + i] ?? 1;
      return other === size || other === 1 || size === 1;
    });
    if (!isEvent || !isBroadcast)
      throw new ShapeError({
        message: `${this.constructor.name}.logProb: the value does not fit.`,
        expected: `a shape that broadcasts with ${formatShape(own)}`,
        received: formatShape(given),
        shapes: [own, given],
      });
    if (this.isValidated && this.support !== undefined)
      requireConstraint(`value of ${this.constructor.name}.logProb`, value, this.support);
  }
}

/** @throws MisconfigurationError for a number instead of a list of lengths */
function requireSampleShape(owner: string, shape: unknown): void {
  if (Array.isArray(shape) && shape.every((length) => Number.isInteger(length) && length >= 0)) return;
  throw new MisconfigurationError({
    code: "LIT_DISTRIBUTION",
    message: `${owner} cannot be sampled like this.`,
    expected: "a list of lengths, such as sample([100])",
    received: describeValue(shape),
  });
}

/** @throws MisconfigurationError for what is no distribution */
export function requireDistribution(owner: string, base: unknown): void {
  if (base instanceof Distribution) return;
  throw new MisconfigurationError({
    code: "LIT_DISTRIBUTION",
    message: `${owner} takes a distribution first.`,
    expected: "such as new distributions.Normal(0, 1)",
    received: describeValue(base),
  });
}
