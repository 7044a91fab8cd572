import { printProgram } from "./program/print-program.js";
import { programOfSeed, type Failure, type Verdict } from "./fuzzer.js";
import { runWorker, type WorkerReport } from "./worker-run.js";
import type { WorkerOptions } from "./worker-options.js";

export interface FuzzRequest extends Omit<WorkerOptions, "threads"> {
  /** One process for each number of threads; all of them check the same programs. */
  readonly threads: readonly number[];
}

export interface FuzzReport {
  readonly failures: readonly { readonly count: number; readonly failure: Failure }[];
  /** Programs that every process has checked. */
  readonly programs: number;
  /** One line that ends with `N failed`. */
  readonly summary: string;
}

/** Checks programs in one process per number of threads, one after the other, and compares their bits. */
export async function fuzz(request: FuzzRequest): Promise<FuzzReport> {
  const reports: WorkerReport[] = [];
  for (const threads of request.threads)
    reports.push(await runWorker({ ...request, threads, budgetMs: request.budgetMs / request.threads.length }));
  const failures = new Map<string, { count: number; failure: Failure }>();
  const note = (failure: Failure): void => {
    const known = failures.get(failure.signature);
    const isShorter = known === undefined || failure.reproduction.length < known.failure.reproduction.length;
    failures.set(failure.signature, { count: (known?.count ?? 0) + 1, failure: isShorter ? failure : known.failure });
  };
  for (const { verdicts } of reports) for (const { failure } of verdicts) if (failure !== undefined) note(failure);
  const { compared, different } = compareThreads(reports, request);
  different.forEach(note);
  const checked = reports.map(
    ({ threads, verdicts }) => `${verdicts.length} with ${threads === 1 ? "1 thread" : `${threads} threads`}`,
  );
  const summary = `programs: ${checked.join(", ")}; ${compared} compared to the bit between them; ${failures.size === 0 ? "none" : [...failures.values()].reduce((sum, { count }) => sum + count, 0)} failed`;
  return {
    failures: [...failures.values()].toSorted((a, b) => b.count - a.count),
    programs: Math.min(...reports.map(({ verdicts }) => verdicts.length)),
    summary,
  };
}

/** Results of programs without products are the same to the bit with every number of threads. */
function compareThreads(
  [first, ...others]: readonly WorkerReport[],
  request: FuzzRequest,
): { compared: number; different: Failure[] } {
  const different: Failure[] = [];
  let compared = 0;
  for (const verdict of first?.verdicts ?? []) {
    for (const { threads, verdicts } of others) {
      const other = verdicts.find(({ seed }) => seed === verdict.seed);
      if (verdict.digest === undefined || other?.digest === undefined) continue;
      compared++;
      const what = firstDifference(verdict, other);
      if (what !== undefined)
        different.push(threadFailure(verdict.seed, what, [first?.threads ?? 1, threads], request));
    }
  }
  return { compared, different };
}

function firstDifference({ digest = {} }: Verdict, other: Verdict): string | undefined {
  return Object.keys(digest).find((key) => digest[key] !== other.digest?.[key]);
}

function threadFailure(seed: number, what: string, threads: readonly number[], request: FuzzRequest): Failure {
  const { program } = programOfSeed(seed, request);
  const entry = Number(/\d+$/.exec(what)?.[0] ?? "0");
  const isGradient = what.startsWith("gradient");
  const call = program.entries.find(
    (own, index) => own.kind === "call" && (isGradient ? own.inputs.includes(entry) : index === entry),
  );
  const message = `with ${threads.join(" and ")} threads, the bits of the ${what} differ`;
  return {
    signature: `threads: ${isGradient ? "gradient of " : ""}${call?.kind === "call" ? call.name : ""}`,
    message,
    reproduction: printProgram(program, {
      threads: threads[1] ?? 2,
      shown: [{ entry, isGradient }],
      comment: `seed ${seed}: ${message}`,
    }),
  };
}
