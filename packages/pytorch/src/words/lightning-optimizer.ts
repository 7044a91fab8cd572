import type { Optimizer } from "@lightning-ts/core";

/** Who does the work of a `LightningOptimizer`: the run it belongs to. */
export interface OptimizerHost {
  /** Closure, hooks, update and counting. A promise when the closure or a hook returned one. */
  step(optimizer: LightningOptimizer, closure?: () => unknown): void | Promise<void>;
  toggle(optimizer: LightningOptimizer): void;
  untoggle(optimizer: LightningOptimizer): void;
}

/**
 * An optimizer as the module sees it: stepping it goes through the strategy and the precision, runs the hooks and
 * counts.
 */
export class LightningOptimizer<TOptimizer extends Optimizer = Optimizer> {
  /** The optimizer itself. */
  readonly optimizer: TOptimizer;
  readonly #host: OptimizerHost;

  constructor(optimizer: TOptimizer, host: OptimizerHost) {
    this.optimizer = optimizer;
    this.#host = host;
  }

  get paramGroups(): TOptimizer["paramGroups"] {
    return this.optimizer.paramGroups;
  }

  /**
   * Updates the parameters.
   * @param closure computes the loss and its gradients first
   * @returns a promise when the closure or a hook returned one
   */
  step(closure?: () => unknown): void | Promise<void> {
    return this.#host.step(this, closure);
  }

  zeroGrad(): void {
    this.optimizer.zeroGrad();
  }

  /** Until `untoggle`, only this optimizer's parameters get gradients. */
  toggle(): void {
    this.#host.toggle(this);
  }

  untoggle(): void {
    this.#host.untoggle(this);
  }
}
