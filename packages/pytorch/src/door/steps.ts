import { isPromiseLike } from "@lightning-ts/core";

/**
 * Work that reads from top to bottom and may have to wait in between: a generator that the `Driver` runs. It waits with
 * `yield* wait(promise)` and calls other such work with `yield*`. As long as nothing waits it runs synchronously.
 */
export type Steps<TResult> = Generator<Pending<unknown>, TResult, void>;

/** A promise on its way to the driver, and its value on the way back. */
export class Pending<TValue> {
  readonly promise: PromiseLike<TValue>;
  /** The user's code goes on while this is waited for, so the scope of the batch stays where it is. */
  readonly isUsers: boolean;
  #settled: { readonly value: TValue } | undefined;

  constructor(promise: PromiseLike<TValue>, isUsers: boolean) {
    this.promise = promise;
    this.isUsers = isUsers;
  }

  take(value: TValue): void {
    this.#settled = { value };
  }

  get value(): TValue {
    if (this.#settled === undefined) throw new Error("Only a driver may go on after a yield, when the wait is over.");
    return this.#settled.value;
  }
}

/**
 * Waits for something of ours: the scope of the batch that runs is detached meanwhile, so that other tasks' tensors are
 * not taken for the batch's. What is no promise is returned at once.
 */
export function* wait<TValue>(value: TValue | PromiseLike<TValue>): Steps<TValue> {
  if (!isPromiseLike(value)) return value;
  const pending = new Pending(value, false);
  yield pending;
  return pending.value;
}

/** Waits for something that the user's code does: tensors that it makes meanwhile belong to the scope of the batch. */
export function* waitForUser<TValue>(value: TValue | PromiseLike<TValue>): Steps<TValue> {
  if (!isPromiseLike(value)) return value;
  const pending = new Pending(value, true);
  yield pending;
  return pending.value;
}
