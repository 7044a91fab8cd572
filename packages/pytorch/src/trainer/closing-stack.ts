/** What must be undone at the end of a run, in reverse order. Closing twice is harmless. */
export class ClosingStack implements AsyncDisposable {
  readonly #closers: (() => void | Promise<void>)[] = [];

  defer(close: () => void | Promise<void>): void {
    this.#closers.push(close);
  }

  /** Closes everything, also when something fails on the way. @throws the one error, or an AggregateError of all */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, "Several things failed while the run was closed.");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
