import type { MutationSession } from "./session.js";
import type { WorkerReport } from "./worker-messages.js";

const MOST_FAILED_STARTS = 3;

/** What a test file did to the mutants. */
export interface TestFileResult {
  /** How each mutant that it noticed was noticed. */
  readonly killed: ReadonlyMap<number, string>;
  /** Mutants that some test passed. */
  readonly passed: ReadonlySet<number>;
  /** Mutants that were passed outside of tests: while modules were imported, and in hooks of files. */
  readonly imported: ReadonlySet<number>;
  /** Tests that cannot run twice in one process, and so try no mutant. */
  readonly once: ReadonlySet<string>;
}

/** Tries mutants with the tests of one file, in as many processes as it takes. */
export async function runTestFile(
  session: MutationSession,
  testFile: string,
  mutants: readonly number[],
): Promise<TestFileResult> {
  const killed = new Map<number, string>();
  const passed = new Set<number>();
  const imported = new Set<number>();
  const tried = new Set<string>();
  const once = new Set<string>();
  let first: string | undefined;
  let failedStarts = 0;
  for (;;) {
    const order = {
      mode: "try" as const,
      mutants: mutants.filter((id) => !killed.has(id)),
      tried: [...tried],
      once: [...once],
      first,
    };
    const { reports } = await session.run(testFile, order);
    const expected = first;
    first = undefined;
    let open: string | undefined;
    let attempts = 0;
    for (const report of reports) {
      attempts += report.type === "tried" ? 1 : 0;
      open = report.type === "tried" ? report.pair : open;
      if (report.type === "passed") for (const id of report.mutants) passed.add(id);
      if (report.type === "imported") for (const id of report.mutants) imported.add(id);
      if (report.type === "broken") throw brokenTest(testFile, report);
      if (report.type === "once") once.add(report.test);
      if (report.type === "doubt") [first, open] = [report.pair, undefined];
      if (report.type !== "killed" && report.type !== "survived") continue;
      tried.add(report.pair);
      open = undefined;
      if (report.type === "killed") killed.set(mutantOf(report.pair), `${report.test}: ${report.how}`);
    }
    // The process ended in the middle of an attempt.
    if (open !== undefined && attempts === 1) {
      tried.add(open);
      killed.set(mutantOf(open), "the process ended");
    } else if (open !== undefined) first = open;
    const isFinished = reports.at(-1)?.type === "finished";
    if (isFinished && (expected === undefined || tried.has(expected))) return { killed, passed, imported, once };
    // On a busy machine a process may not start in time.
    failedStarts = reports.length === 0 ? failedStarts + 1 : 0;
    if (failedStarts > MOST_FAILED_STARTS) throw new Error(`${testFile}: no test was run`);
    // A pair in doubt that was not passed again stays undecided.
    if (expected !== undefined && first === undefined) tried.add(expected);
  }
}

function mutantOf(pair: string): number {
  return Number(pair.slice(pair.lastIndexOf("#") + 1));
}

function brokenTest(testFile: string, report: WorkerReport & { readonly type: "broken" }): Error {
  return new Error(`${testFile}: "${report.test}" fails without a mutant: ${report.how}`);
}
