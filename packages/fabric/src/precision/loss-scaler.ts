import { MisconfigurationError, rememberForRollback } from "@lightning-ts/core";

export interface LossScalerOptions {
  /** @default 65536 */
  readonly initialScale?: number | undefined;
  /** Applied after `growthInterval` steps in a row without overflow. @default 2 */
  readonly growthFactor?: number | undefined;
  /** Applied after a step that overflowed. @default 0.5 */
  readonly backoffFactor?: number | undefined;
  /** Optimizer steps. @default 2000 */
  readonly growthInterval?: number | undefined;
}

export interface LossScalerState {
  readonly version: 1;
  readonly scale: number;
  readonly growthFactor: number;
  readonly backoffFactor: number;
  readonly growthInterval: number;
  readonly growthTracker: number;
}

/**
 * The factor that keeps float16 gradients from vanishing, adapted as torch's `GradScaler` does it. Plain numbers only.
 * @example
 * ```ts
 * import { LossScaler } from "@lightning-ts/fabric";
 *
 * const scaler = new LossScaler({ initialScale: 1024 });
 * console.log(scaler.scale); // 1024
 * scaler.update(true); // a step has overflowed
 * console.log(scaler.scale); // 512
 * ```
 */
export class LossScaler {
  #state: LossScalerState;

  constructor(options: LossScalerOptions = {}) {
    this.#state = checked({
      version: 1,
      scale: options.initialScale ?? 65_536,
      growthFactor: options.growthFactor ?? 2,
      backoffFactor: options.backoffFactor ?? 0.5,
      growthInterval: options.growthInterval ?? 2000,
      growthTracker: 0,
    });
  }

  get scale(): number {
    return this.#state.scale;
  }

  /** Called once for each optimizer step, taken or skipped. */
  update(hasOverflowed: boolean): void {
    rememberForRollback(this, () => {
      const before = this.#state;
      return () => {
        this.#state = before;
      };
    });
    const { scale, growthFactor, backoffFactor, growthInterval, growthTracker } = this.#state;
    if (hasOverflowed) {
      this.#state = { ...this.#state, scale: scale * backoffFactor, growthTracker: 0 };
      return;
    }
    const isDue = growthTracker + 1 >= growthInterval;
    const grown = isDue && Number.isFinite(Math.fround(scale * growthFactor)) ? scale * growthFactor : scale;
    this.#state = { ...this.#state, scale: grown, growthTracker: isDue ? 0 : growthTracker + 1 };
  }

  state(): LossScalerState {
    return this.#state;
  }

  restore(state: LossScalerState): void {
    this.#state = checked(state);
  }
}

function checked(state: LossScalerState): LossScalerState {
  const isUsable =
    state.scale > 0 &&
    state.growthFactor > 1 &&
    state.backoffFactor > 0 &&
    state.backoffFactor < 1 &&
    state.growthInterval >= 1 &&
    state.growthTracker >= 0;
  if (isUsable && Number.isFinite(state.scale)) return state;
  throw new MisconfigurationError({
    code: "LIT_LOSS_SCALER",
    message: "These numbers make no loss scaler.",
    expected: "scale > 0, growthFactor > 1, 0 < backoffFactor < 1, growthInterval ≥ 1",
    received: JSON.stringify(state),
  });
}
