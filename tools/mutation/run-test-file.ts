import type { MutationSession } from "./session.js";
import type { WorkerReport } from "./worker-messages.js";

const MOST_FAILED_STARTS = 3;

/** What a test file shall do with the mutants. */
export interface TestFileOrder {
  readonly mutants: readonly number[];
  /** What each mutant has cost so far; added to. */
  readonly spentMs: Map<number, number>;
  /** No mutant is tried any more that has cost so much. */
  readonly budgetMs: number;
  /** Slower tests are not tried. */
  readonly slowestMs: number;
  /** Tests that are not run. */
  readonly skip?: ReadonlySet<string>;
  /** The only `test#mutant` that are tried. */
  readonly pairs?: readonly string[];
}

/** What a test file did to the mutants. */
export interface TestFileResult {
  /** The test that noticed each mutant. */
  readonly killed: Map<number, string>;
  /** Mutants that some test passed. */
  readonly passed: Set<number>;
  /** Mutants that were passed outside of tests: while modules were imported, and in hooks of files. */
  readonly imported: Set<number>;
  /** Tests that fail, or cannot run twice in one process, and so try no mutant. */
  readonly once: Set<string>;
  /** Tests that need not run again. */
  readonly done: Set<string>;
  /** Tests that were too slow, and are left for later. */
  readonly slow: Set<string>;
}

/** Tries mutants with the tests of one file, in as many processes as it takes. */
export async function runTestFile(
  session: MutationSession,
  testFile: string,
  order: TestFileOrder,
): Promise<TestFileResult> {
  const result: TestFileResult = {
    killed: new Map(),
    passed: new Set(),
    imported: new Set(),
    once: new Set(),
    done: new Set(order.skip),
    slow: new Set(),
  };
  const tried = new Set<string>();
  let first: string | undefined;
  let failedStarts = 0;
  for (;;) {
    const { reports } = await session.run(testFile, {
      mode: "try" as const,
      mutants: order.mutants.filter((id) => !result.killed.has(id)),
      tried: [...tried],
      skip: [...result.done, ...result.once, ...result.slow],
      pairs: order.pairs,
      first,
      spentMs: Object.fromEntries(order.spentMs),
      budgetMs: order.budgetMs,
      slowestMs: order.slowestMs,
    });
    const expected = first;
    const ending = addReports(reports, { tried, result, spentMs: order.spentMs });
    first = ending.doubt;
    if (ending.isFinished && (expected === undefined || tried.has(expected))) return result;
    // On a busy machine a process may not start in time.
    failedStarts = reports.length === 0 ? failedStarts + 1 : 0;
    if (failedStarts > MOST_FAILED_STARTS) throw new Error(`${testFile}: no test was run`);
    // A pair in doubt that was not passed again stays undecided.
    if (expected !== undefined && first === undefined) tried.add(expected);
  }
}

interface Progress {
  readonly tried: Set<string>;
  readonly result: TestFileResult;
  readonly spentMs: Map<number, number>;
}

/** Adds what a process reported to what is known. @returns the pair in doubt, and whether the file came to its end */
function addReports(
  reports: readonly WorkerReport[],
  { tried, result, spentMs }: Progress,
): { readonly doubt: string | undefined; readonly isFinished: boolean } {
  let doubt: string | undefined;
  let open: string | undefined;
  let attempts = 0;
  for (const report of reports) {
    attempts += report.type === "tried" ? 1 : 0;
    open = report.type === "tried" ? report.pair : open;
    if (report.type === "passed") for (const id of report.mutants) result.passed.add(id);
    if (report.type === "imported") for (const id of report.mutants) result.imported.add(id);
    if (report.type === "once" || report.type === "broken") result.once.add(report.test);
    if (report.type === "done") result.done.add(report.test);
    if (report.type === "slow") result.slow.add(report.test);
    if (report.type === "doubt") [doubt, open] = [report.pair, undefined];
    if (report.type !== "killed" && report.type !== "survived") continue;
    tried.add(report.pair);
    open = undefined;
    const id = mutantOf(report.pair);
    if (report.type === "killed") result.killed.set(id, report.test);
    else spentMs.set(id, (spentMs.get(id) ?? 0) + report.ms);
  }
  // The process ended in the middle of an attempt.
  if (open !== undefined && attempts === 1) {
    tried.add(open);
    result.killed.set(mutantOf(open), open.slice(0, open.lastIndexOf("#")));
  } else if (open !== undefined) doubt = open;
  return { doubt, isFinished: reports.at(-1)?.type === "finished" };
}

function mutantOf(pair: string): number {
  return Number(pair.slice(pair.lastIndexOf("#") + 1));
}
