import type { Check, CheckOutcome } from "./check.js";

export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

export interface StageOptions {
  /** Checks that run at the same time. */
  readonly concurrency: number;
  readonly print: (text: string) => void;
}

const NAME_WIDTH = 24;

/** Runs the checks of one stage and prints one line for each when it ends, with all of its output where it failed. */
export async function runStage(checks: readonly Check[], { concurrency, print }: StageOptions): Promise<Totals> {
  const waiting = [...checks];
  const totals = { passed: 0, failed: 0 };
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const start = performance.now();
      const outcome = await runSafely(check);
      totals.passed += outcome.passed;
      totals.failed += outcome.failed;
      print(describe(check.name, outcome, performance.now() - start));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return totals;
}

async function runSafely(check: Check): Promise<CheckOutcome> {
  try {
    return await check.run();
  } catch (error) {
    return { passed: 0, failed: 1, output: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function describe(name: string, { failed, output, note }: CheckOutcome, durationMs: number): string {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  const line = `${failed === 0 ? "✓" : "✗"} ${name.padEnd(NAME_WIDTH)} ${seconds.padStart(8)}${note === undefined ? "" : `   ${note}`}`;
  return failed === 0 ? line : `${line}\n\n${indent(output.trimEnd())}\n`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}
