import { nameCall, type CallDescription } from "../call-description.js";

/** Each `yield` waits until all members have published as many chunks as this one. */
export type CallSteps = Generator<void, void>;

/** A call that was made and is not over yet. */
export class PendingCall {
  readonly done: Promise<void>;
  readonly operation: string;
  /** Set when its turn comes. */
  deadline = Number.POSITIVE_INFINITY;
  hasMet = false;
  isOver = false;
  error: Error | undefined;
  #resolve: () => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(
    readonly number: number,
    readonly description: CallDescription,
    readonly timeoutMs: number,
    readonly steps: CallSteps,
  ) {
    this.operation = nameCall(description);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Who joins the call does not look at the promise.
    this.done.catch(() => undefined);
  }

  finish(): void {
    this.isOver = true;
    this.#resolve();
  }
  fail(error: Error): void {
    this.isOver = true;
    this.error = error;
    this.#reject(error);
  }
}
