import {
  classNameOf,
  clipGradNorm,
  gradOf,
  item,
  noGrad,
  setGrad,
  tensorScope,
  tf,
  type PrecisionName,
  type TrainingBackend,
  refusePromise,
  MisconfigurationError,
} from "@lightning-ts/core";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { UnsupportedPrecisionError } from "../errors/unsupported-precision-error.js";
import type { TrainableOptimizer } from "./trainable.js";
import { FullPrecision } from "./full-precision.js";
import { LossScaler, type LossScalerOptions, type LossScalerState } from "./loss-scaler.js";
import type { PrecisionState } from "./precision.js";

type Autocast = <TResult>(body: () => TResult) => TResult;

/**
 * Base of the mixed precisions: matrix products and convolutions in a short format, parameters and everything else in
 * float32.
 */
abstract class AutocastPrecision extends FullPrecision {
  abstract readonly dtype: "float16" | "bfloat16";
  #autocast: Autocast = (body) => body();

  override connect(backend: TrainingBackend): void {
    if (backend.autocast === undefined || !backend.capabilities.precisions.includes(this.name)) {
      throw new UnsupportedPrecisionError(this.name, backend.name, backend.capabilities.precisions);
    }
    const autocast = backend.autocast.bind(backend);
    this.#autocast = (body) => autocast(this.dtype, body);
  }

  override forward<TResult>(body: () => TResult): TResult {
    return this.#autocast(body);
  }

  override backward(loss: Tensor, walk: (loss: Tensor) => void): void {
    this.#autocast(() => walk(loss));
  }
}

/**
 * Computes matrix products and convolutions in bfloat16. It has the range of float32, so the loss needs no scaling.
 * @example
 * ```ts
 * import { Bfloat16MixedPrecision, Fabric } from "@lightning-ts/fabric";
 *
 * const fabric = new Fabric({ plugins: [new Bfloat16MixedPrecision()] }); // what precision: "bf16-mixed" makes
 * console.log(fabric.precision.name); // "bf16-mixed"
 * ```
 */
export class Bfloat16MixedPrecision extends AutocastPrecision {
  override readonly name: PrecisionName = "bf16-mixed";
  override readonly stateKey: string = "MixedPrecision";
  readonly dtype = "bfloat16";
}

/**
 * Computes matrix products and convolutions in float16, with a loss scaler: the loss is multiplied before the backward
 * pass and the gradients are divided afterwards; a step whose gradients overflowed is skipped and the scale shrinks.
 * Each step reads one number, so a lazy backend waits for it.
 * @example
 * ```ts
 * import { Fabric, MixedPrecision } from "@lightning-ts/fabric";
 *
 * const precision = new MixedPrecision({ initialScale: 1024, growthInterval: 500 });
 * const fabric = new Fabric({ plugins: [precision] });
 * console.log(fabric.precision.name); // "16-mixed"
 * ```
 */
export class MixedPrecision extends AutocastPrecision {
  override readonly name: PrecisionName = "16-mixed";
  override readonly stateKey: string = "MixedPrecision";
  readonly dtype = "float16";
  readonly scaler: LossScaler;
  readonly #unscaled = new Map<TrainableOptimizer, { readonly hasOverflowed: boolean }>();

  constructor(options: LossScalerOptions = {}) {
    super();
    this.scaler = new LossScaler(options);
  }

  override backward(loss: Tensor, walk: (loss: Tensor) => void): void {
    super.backward(tf.mul(loss, tf.scalar(this.scaler.scale)), walk);
  }

  override unscaleGradients(
    optimizer: TrainableOptimizer,
    agree: (hasOverflowed: boolean) => boolean = (own) => own,
  ): void {
    if (optimizer.needsClosure === true)
      throw new MisconfigurationError({
        message: "Mixed precision does not work with an optimizer that asks for the loss several times a step.",
        received: classNameOf(optimizer),
        tryThis: 'precision: "32-true", or another optimizer.',
      });
    if (this.#unscaled.has(optimizer)) return;
    const hasOverflowed = agree(divideGradients(parametersOf(optimizer), this.scaler.scale));
    this.#unscaled.set(optimizer, { hasOverflowed });
  }

  override optimizerStep(optimizer: TrainableOptimizer, closure?: () => Tensor | void): Tensor | void {
    const isAsked = closure !== undefined && optimizer.needsClosure !== true;
    const loss = isAsked ? refusePromise(closure(), "The closure of optimizer.step") : undefined;
    this.unscaleGradients(optimizer);
    const hasOverflowed = this.#unscaled.get(optimizer)?.hasOverflowed ?? false;
    this.#unscaled.delete(optimizer);
    if (!hasOverflowed) optimizer.step();
    this.scaler.update(hasOverflowed);
    return loss;
  }

  override state(): PrecisionState {
    return { ...this.scaler.state() };
  }

  override restore(state: PrecisionState): void {
    this.scaler.restore(readScalerState(state));
  }
}

function parametersOf(optimizer: TrainableOptimizer): Variable[] {
  return optimizer.paramGroups.flatMap(({ params }) => params);
}

/** @returns whether any gradient is infinite or NaN */
function divideGradients(parameters: readonly Variable[], scale: number): boolean {
  using _scope = tensorScope({ tape: false, name: "loss scaler" });
  return noGrad(() => {
    const inverse = tf.scalar(1 / scale);
    for (const parameter of parameters) {
      const gradient = gradOf(parameter);
      if (gradient !== null) setGrad(parameter, tf.mul(gradient, inverse));
    }
    const here = parameters.filter((parameter) => gradOf(parameter) !== null);
    return !Number.isFinite(item(clipGradNorm(here, Number.POSITIVE_INFINITY)));
  });
}

function readScalerState(state: PrecisionState): LossScalerState {
  const {
    scale = Number.NaN,
    growthFactor = Number.NaN,
    backoffFactor = Number.NaN,
    growthInterval = Number.NaN,
    growthTracker = Number.NaN,
  } = state;
  return { version: 1, scale, growthFactor, backoffFactor, growthInterval, growthTracker };
}
