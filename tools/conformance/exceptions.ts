/** A test of tfjs-core's suite that is not run against this backend. */
export interface Exception {
  /** Part of the test's full name. */
  readonly test: string;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [];
