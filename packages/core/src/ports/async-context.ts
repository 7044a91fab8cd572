/**
 * A value that follows asynchronous code: what `body` starts finds it, also behind each `await`, and nobody else does.
 * `AsyncLocalStorage` is one.
 */
export interface AsyncContext {
  run<TResult>(value: object, body: () => TResult): TResult;
  /** The value of the innermost `run` that the code on the stack belongs to. */
  current(): object | undefined;
}
