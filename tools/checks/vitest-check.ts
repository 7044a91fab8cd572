import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { Check, CheckOutcome } from "./check.js";
import { runCommand, type CommandResult } from "./run-command.js";

/** The part of vitest's JSON report that is counted. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** A slow machine takes twice the time of a quick one. */
const LONGEST_MS = 50 * 60_000;
/** vitest leaves one processor to itself, half of a machine with two; yet files often wait for other processes. */
const WORKERS = Math.max(2, availableParallelism() - 1);

/** Says which file a worker died of; vitest does not. */
export const DIED_WORKERS = "tools/checks/died-workers-reporter.ts";

/** Runs vitest on the given paths; every test counts, and so does a file that cannot be loaded. */
export function vitestCheck(name: string, paths: readonly string[]): Check {
  return {
    name,
    async run() {
      const folder = mkdtempSync(join(tmpdir(), "lightning-ts-vitest-"));
      const reportPath = join(folder, "report.json");
      try {
        const reporters = ["default", "json", DIED_WORKERS].map((reporter) => `--reporter=${reporter}`);
        const options = [...reporters, `--outputFile.json=${reportPath}`, `--maxWorkers=${WORKERS}`];
        const result = await runCommand("vitest", ["run", ...options, ...paths], { timeoutMs: LONGEST_MS });
        return countTests(result, reportPath);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

function countTests({ exitCode, output }: CommandResult, reportPath: string): CheckOutcome {
  const report = readReport(reportPath);
  if (report === undefined) return { passed: 0, failed: 1, output };
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return {
    passed: report.numPassedTests,
    // An unhandled error fails the run without failing a test.
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    output,
    note: `${report.numPassedTests} tests${report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : ""}`,
  };
}

function readReport(path: string): VitestReport | undefined {
  try {
    const report: VitestReport = JSON.parse(readFileSync(path, "utf8"));
    return report;
  } catch {
    return undefined; // vitest ended before it could write: its output says why
  }
}
