/**
 * Collects promises that cannot be awaited where they are made. The first failure is thrown by the next call that asks
 * for it.
 */
export class BackgroundWork {
  #running: Promise<unknown> | undefined;

  add(...work: readonly Promise<unknown>[]): void {
    if (work.length === 0) return;
    const all = Promise.all([this.#running, ...work]);
    all.catch(() => undefined); // reported by `settled`
    this.#running = all;
  }

  /** A promise while anything runs; it rejects with the first failure. */
  settled(): Promise<unknown> | undefined {
    const running = this.#running;
    this.#running = undefined;
    return running;
  }
}
