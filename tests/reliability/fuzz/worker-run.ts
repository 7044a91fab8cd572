import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Verdict } from "./fuzzer.js";
import type { WorkerOptions } from "./worker-options.js";

export interface WorkerReport {
  readonly threads: number;
  readonly verdicts: readonly Verdict[];
}

/**
 * Runs a worker process to the end of its seeds or its time. A worker that dies is a failure of the seed it was at;
 * another goes on behind it.
 */
export async function runWorker(options: WorkerOptions): Promise<WorkerReport> {
  const verdicts: Verdict[] = [];
  const end = Date.now() + options.budgetMs;
  let next = options.firstSeed;
  const last = options.firstSeed + options.count;
  while (next < last && Date.now() < end) {
    const died = await runProcess(
      { ...options, firstSeed: next, count: last - next, budgetMs: end - Date.now() },
      (verdict) => verdicts.push(verdict),
    );
    if (died === undefined) break;
    verdicts.push({
      seed: died.seed,
      failure: {
        signature: "process died",
        message: died.why,
        reproduction: `// seed ${died.seed}, ${options.threads} threads: ${died.why}`,
      },
    });
    next = died.seed + 1;
  }
  return { threads: options.threads, verdicts };
}

/** @returns what the process was at when it died; undefined for a good end */
async function runProcess(
  options: WorkerOptions,
  onVerdict: (verdict: Verdict) => void,
): Promise<{ seed: number; why: string } | undefined> {
  const script = fileURLToPath(new URL("./worker.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--conditions=lightning-ts-source", "--import", "tsx", script, JSON.stringify(options)],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let seed = options.firstSeed;
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => void (errors = (errors + bytes.toString()).slice(-2000)));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const said = JSON.parse(line) as { starts: number } | Verdict;
    if ("starts" in said) seed = said.starts;
    else onVerdict(said);
  });
  const ended = await new Promise<number | string | null>((resolve) =>
    child.on("close", (code, signal) => resolve(signal ?? code)),
  );
  return ended === 0 ? undefined : { seed, why: `the worker ended with ${ended}. ${errors.trim()}` };
}
