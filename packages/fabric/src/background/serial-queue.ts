/**
 * Runs asynchronous tasks one after the other. The first failure is kept, and thrown by the next call that asks for it.
 */
export class SerialQueue {
  #tail: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  enqueue(task: () => Promise<void>): void {
    this.#tail = this.#tail.then(task).catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  /** Resolves when everything enqueued so far has run; rejects with the first failure since the last call. */
  async settled(): Promise<void> {
    await this.#tail;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }
}
