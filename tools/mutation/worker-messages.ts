/** What the worker shall do with a test file; written to a file that it reads when it starts. */
export interface WorkerOrder {
  /** "try": run each test again with each mutant that it passes. "import": run the file once with one mutant on. */
  readonly mode: "try" | "import";
  /** The mutants to try, or the one that is on. */
  readonly mutants: readonly number[];
  /** `test#mutant` that have been tried in this file. */
  readonly tried: readonly string[];
  /** Tests that are not run: done, or unable to run twice in one process. */
  readonly skip: readonly string[];
  /** The only `test#mutant` that are tried; left out for all. */
  readonly pairs?: readonly string[] | undefined;
  /** The time that each mutant has cost so far, and the most that it may cost. */
  readonly spentMs: Readonly<Record<number, number>>;
  readonly budgetMs: number;
  /** Slower tests are only reported: they are tried when no quick test is left. */
  readonly slowestMs: number;
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
  | { readonly type: "survived"; readonly pair: string; readonly ms: number }
  | { readonly type: "slow"; readonly test: string }
  | { readonly type: "done"; readonly test: string }
  | { readonly type: "passed"; readonly mutants: readonly number[] }
  | { readonly type: "doubt"; readonly pair: string }
  | { readonly type: "once"; readonly test: string; readonly how: string }
  | { readonly type: "dirty"; readonly test: string; readonly how: string }
  | { readonly type: "broken"; readonly test: string; readonly how: string }
  | { readonly type: "finished" };
