import {
  isPromiseLike,
  tensorScope,
  type RunTasks,
  type TensorScope,
  type TensorScopeOptions,
} from "@lightning-ts/core";
import type { Pending, Steps } from "./steps.js";

/**
 * Runs the generators of one run. Synchronously until one yields a promise: `await` alone, even of a settled promise,
 * would let other tasks have their turn while a scope is open, and their tensors would be taken for the batch's
 * (docs/decisions/0053-door-and-driver.md).
 */
export class Driver {
  readonly #tasks: RunTasks | undefined;
  readonly #handOver: (() => void | Promise<void>) | undefined;
  #scope: TensorScope | undefined;

  /**
   * @param tasks of the run; without them its code is whoever's calls it
   * @param handOver called before the user's code is waited for: what it recorded so far is not to share the fate of
   *   what others record meanwhile
   */
  constructor(tasks?: RunTasks, handOver?: () => void | Promise<void>) {
    this.#tasks = tasks;
    this.#handOver = handOver;
  }

  /** The scope of the batch that runs, or of the last one, which is closed. */
  get scope(): TensorScope | undefined {
    return this.#scope;
  }

  /** Opens the scope of a batch. Whoever opens it closes it. */
  openScope(options: TensorScopeOptions): TensorScope {
    this.#scope = tensorScope(options);
    return this.#scope;
  }

  /**
   * @returns what the generator returned; a promise only where it had to wait. What it throws is thrown, at once or
   *   through the promise
   */
  run<TResult>(steps: Steps<TResult>): TResult | Promise<TResult> {
    const next = this.#slice(() => steps.next());
    return next.done === true ? next.value : this.#goOn(steps, next.value);
  }

  /** Goes on as a task: each promise's value, or what it was rejected with, comes back at the `yield`. */
  async #goOn<TResult>(steps: Steps<TResult>, first: Pending<unknown>): Promise<TResult> {
    let next: IteratorResult<Pending<unknown>, TResult> = { done: false, value: first };
    while (next.done !== true) {
      const pending = next.value;
      const scope = pending.isUsers ? undefined : this.#detachScope();
      let failure: { readonly error: unknown } | undefined;
      try {
        const handed = pending.isUsers ? this.#handedOver() : undefined;
        pending.take(await pending.promise);
        if (handed !== undefined) await handed;
      } catch (error) {
        failure = { error };
      }
      scope?.attachToEngine();
      const settled = failure;
      next = this.#slice(() => (settled === undefined ? steps.next() : steps.throw(settled.error)));
    }
    return next.value;
  }

  /**
   * Hands over what is recorded. A failure, thrown ones too, is heard of behind the user's own promise: that one is
   * always waited for, because its code still works on the batch.
   */
  #handedOver(): void | Promise<void> {
    try {
      const handed = this.#handOver?.();
      if (isPromiseLike(handed)) handed.then(undefined, () => undefined);
      return handed;
    } catch (error) {
      const failed = Promise.reject<void>(error);
      failed.catch(() => undefined);
      return failed;
    }
  }

  /** What runs until the next wait is this run's, and nobody else has a turn in it. */
  #slice<TResult>(body: () => TResult): TResult {
    return this.#tasks === undefined ? body() : this.#tasks.slice(body);
  }

  #detachScope(): TensorScope | undefined {
    const scope = this.#scope;
    if (scope === undefined || !scope.isAttached) return undefined;
    scope.detachFromEngine();
    return scope;
  }
}
