/** A method of the user's that is being called. */
export interface UserCall {
  /** A module, data module, callback or logger. */
  readonly owner: object;
  readonly method: string;
  /** Shown with the error. */
  readonly batch?: unknown;
}
