/** What the worker shall do with a test file; written to a file that it reads when it starts. */
export interface WorkerOrder {
  /** "try": run each test again with each mutant that it passes. "import": run the file once with one mutant on. */
  readonly mode: "try" | "import";
  /** The mutants to try, or the one that is on. */
  readonly mutants: readonly number[];
  /** `test#mutant` that have been tried in this file. */
  readonly tried: readonly string[];
  /** Tests that cannot run twice in one process. */
  readonly once: readonly string[];
  /** A pair whose outcome was in doubt: tried first, in a process that no mutant has touched. */
  readonly first?: string | undefined;
  readonly logPath: string;
}

/** What the worker reports, one line of JSON each. */
export type WorkerReport =
  | { readonly type: "started"; readonly pid: number }
  | { readonly type: "imported"; readonly mutants: readonly number[] }
  | { readonly type: "tried"; readonly pair: string }
  | { readonly type: "killed"; readonly pair: string; readonly test: string; readonly how: string }
  | { readonly type: "survived"; readonly pair: string }
  | { readonly type: "passed"; readonly mutants: readonly number[] }
  | { readonly type: "doubt"; readonly pair: string }
  | { readonly type: "once"; readonly test: string; readonly how: string }
  | { readonly type: "dirty"; readonly test: string; readonly how: string }
  | { readonly type: "broken"; readonly test: string; readonly how: string }
  | { readonly type: "finished" };
