import { isPromiseLike, type Optimizer } from "@lightning-ts/core";
import { boundProxy } from "@lightning-ts/fabric";

/** Who does the work of a `LightningOptimizer`: the run it belongs to. */
export interface OptimizerHost {
  /** Closure, hooks, update and counting. A promise when the closure or a hook returned one. */
  step(optimizer: LightningOptimizer, closure?: () => unknown): void | Promise<void>;
  toggle(optimizer: LightningOptimizer): void;
  untoggle(optimizer: LightningOptimizer): void;
  /** Runs something whose backward passes leave gradients unreduced: other ranks do not wait for it. */
  withoutSync<TResult>(body: () => TResult): TResult;
}

export interface ToggleModelOptions {
  /** Whether gradients are reduced over the processes meanwhile. @default true */
  readonly syncGrad?: boolean | undefined;
}

/** What the optimizer of a run has besides everything that it had before. */
export interface LightningOptimizerExtras<TOptimizer extends Optimizer = Optimizer> {
  /** The optimizer itself. */
  readonly optimizer: TOptimizer;
  /**
   * Updates the parameters.
   * @param closure computes the loss and its gradients first
   * @returns a promise when the closure or a hook returned one
   */
  step(closure?: () => unknown): void | Promise<void>;
  /** Until `untoggle`, only this optimizer's parameters get gradients. */
  toggle(): void;
  untoggle(): void;
  /** `toggle`, then `body`, then `untoggle`; it waits for a promise of `body`. @returns what `body` returned */
  toggleModel<TResult>(body: () => TResult, options?: ToggleModelOptions): TResult;
}

/**
 * An optimizer as the module sees it: all of the optimizer, but stepping it goes through the strategy and the
 * precision, runs the hooks and counts.
 */
export type LightningOptimizer<TOptimizer extends Optimizer = Optimizer> = LightningOptimizerExtras<TOptimizer> &
  TOptimizer;

/** The optimizers of runs. */
const made = new WeakSet<object>();

/** True for an optimizer that a Trainer handed out. */
export function isLightningOptimizer(value: unknown): value is LightningOptimizer {
  return typeof value === "object" && value !== null && made.has(value);
}

export function lightningOptimizer(optimizer: Optimizer, host: OptimizerHost): LightningOptimizer {
  const extras = new Map<PropertyKey, unknown>();
  const proxy = boundProxy(optimizer, { extras, override: () => undefined });
  made.add(proxy);
  if (!isLightningOptimizer(proxy)) throw new TypeError("unreachable: an optimizer lacks what it is given below");
  extras.set("optimizer", optimizer);
  extras.set("step", (closure?: () => unknown) => host.step(proxy, closure));
  extras.set("toggle", () => host.toggle(proxy));
  extras.set("untoggle", () => host.untoggle(proxy));
  extras.set("toggleModel", (body: () => unknown, { syncGrad = true }: ToggleModelOptions = {}) =>
    whileToggled(proxy, syncGrad ? body : () => host.withoutSync(body)),
  );
  return proxy;
}

/** Runs `body` with only this optimizer's parameters getting gradients, also until a promise of it is settled. */
export function whileToggled<TResult>(optimizer: LightningOptimizer, body: () => TResult): TResult;
export function whileToggled(optimizer: LightningOptimizer, body: () => unknown): unknown {
  optimizer.toggle();
  let isWaiting = false;
  try {
    const result = body();
    if (!isPromiseLike(result)) return result;
    isWaiting = true;
    return Promise.resolve(result).finally(() => optimizer.untoggle());
  } finally {
    if (!isWaiting) optimizer.untoggle();
  }
}
