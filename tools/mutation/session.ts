import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createVitest, type Vitest } from "vitest/node";
import { sourceConditions } from "../../vitest.config.js";
import type { WorkerOrder, WorkerReport } from "./worker-messages.js";

/** A worker that has not said anything for so long hangs in a loop that no switch stands in. */
const LONGEST_SILENCE_S = 120;

/** Where temporary folders are; mutated code has one inside its own. */
const TEMPORARY = tmpdir();

/** vitest with instrumented files, kept warm: a test file costs a process and its imports, nothing is read twice. */
export class MutationSession implements AsyncDisposable {
  readonly #vitest: Vitest;
  readonly #folder: string;

  private constructor(vitest: Vitest, folder: string) {
    this.#vitest = vitest;
    this.#folder = folder;
  }

  /** @param codes the instrumented text of each file, by path */
  static async open(codes: ReadonlyMap<string, string>): Promise<MutationSession> {
    const folder = mkdtempSync(join(TEMPORARY, "lightning-ts-mutation-"));
    // Mutated code may remove what it made, and nothing else.
    process.env["TMPDIR"] = folder;
    process.env["LIGHTNING_MUTATION_ORDER"] = join(folder, "order.json");
    const byPath = new Map([...codes].map(([path, code]) => [resolve(path), code]));
    const vitest = await createVitest(
      "test",
      {
        watch: false,
        // Not the configuration's projects: a mutant must not meet what another file has left in its process.
        config: false,
        pool: "forks",
        maxWorkers: 1,
        fileParallelism: false,
        bail: 1,
        silent: true,
        reporters: [{}],
        runner: resolve("tools/mutation/mutation-runner.ts"),
      },
      {
        resolve: sourceConditions.resolve,
        ssr: sourceConditions.ssr,
        plugins: [
          {
            name: "mutants",
            enforce: "pre",
            transform: (_, id) => {
              const code = byPath.get(id.replace(/\?.*/, ""));
              return code === undefined ? undefined : { code, map: { mappings: "" } };
            },
          },
        ],
      },
    );
    return new MutationSession(vitest, folder);
  }

  /** Runs one test file in a new process. */
  async run(
    testFile: string,
    order: Omit<WorkerOrder, "logPath">,
  ): Promise<{ readonly reports: readonly WorkerReport[]; readonly hasFailed: boolean }> {
    const logPath = join(this.#folder, "log.jsonl");
    rmSync(logPath, { force: true });
    writeFileSync(join(this.#folder, "order.json"), JSON.stringify({ ...order, logPath }));
    const specifications = this.#vitest.projects.map((project) => project.createSpecification(resolve(testFile)));
    const stopWatching = watch(logPath);
    try {
      const { testModules, unhandledErrors } = await this.#vitest.runTestSpecifications(specifications);
      const hasFailed = unhandledErrors.length > 0 || testModules.some((module) => module.state() === "failed");
      return { reports: readReports(logPath), hasFailed };
    } finally {
      stopWatching();
    }
  }

  /** True when a test file fails with a mutant that is on from its first import. */
  async failsWith(testFile: string, mutant: number): Promise<boolean> {
    const limits = { spentMs: {}, budgetMs: 0, slowestMs: 0 };
    const { hasFailed } = await this.run(testFile, {
      mode: "import",
      mutants: [mutant],
      tried: [],
      skip: [],
      ...limits,
    });
    return hasFailed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#vitest.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Ends the worker that writes `logPath` when it has been silent for too long. */
function watch(logPath: string): () => void {
  let known = 0;
  let silentS = 0;
  const timer = setInterval(() => {
    const reports = readReports(logPath);
    silentS = reports.length === known ? silentS + 1 : 0;
    known = reports.length;
    if (silentS < LONGEST_SILENCE_S) return;
    silentS = 0;
    const started = reports.find(({ type }) => type === "started");
    if (started?.type === "started") process.kill(started.pid, "SIGKILL");
  }, 1000);
  return () => clearInterval(timer);
}

function readReports(logPath: string): WorkerReport[] {
  if (!existsSync(logPath)) return [];
  const lines = readFileSync(logPath, "utf8").split("\n");
  return lines.slice(0, -1).map((line): WorkerReport => JSON.parse(line));
}
