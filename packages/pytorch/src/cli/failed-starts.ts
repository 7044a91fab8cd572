import { visibleText } from "@lightning-ts/core";
import type { ScriptEnd } from "@lightning-ts/fabric/node";

/** How a start of a script ended. */
export interface StartEnd extends ScriptEnd {
  /** The error that ended it, with its stack; empty where there was none, as when it was killed. */
  readonly error: string;
}

export interface FailedStart extends StartEnd {
  readonly durationMs: number;
}

/** The first failures tell most: later ones may be their consequences. */
const MOST_FAILURES = 3;
const MOST_LINES = 20;
const MS_PER_SECOND = 1000;

/** For example `ended with exit code 1`. */
export function describeEnd({ code, signal }: ScriptEnd): string {
  return signal === undefined ? `ended with exit code ${code}` : `was killed by ${signal}`;
}

/** A headline, and below it how the first starts failed. */
export function reportFailures(failures: readonly FailedStart[], headline: string): string {
  const lines = [headline];
  for (const [index, failure] of failures.slice(0, MOST_FAILURES).entries()) {
    const seconds = (failure.durationMs / MS_PER_SECOND).toFixed(1);
    const sameAs = failures.findIndex(({ error }) => error !== "" && error === failure.error);
    const again = sameAs >= 0 && sameAs < index;
    lines.push(
      `  Start ${index + 1} ${describeEnd(failure)} after ${seconds} s${endOfLine(failure.error, again, sameAs)}`,
    );
    if (failure.error !== "" && !again) lines.push(...shortened(failure.error));
  }
  const more = failures.length - MOST_FAILURES;
  if (more > 0) lines.push(`  And ${more} more.`);
  return lines.join("\n");
}

function endOfLine(error: string, again: boolean, sameAs: number): string {
  if (again) return `, by the same error as start ${sameAs + 1}.`;
  return error === "" ? "." : ":";
}

function shortened(error: string): string[] {
  const lines = error.split("\n").map((line) => `    ${visibleText(line.replaceAll("\t", " "))}`);
  const left = lines.length - MOST_LINES;
  return left > 0 ? [...lines.slice(0, MOST_LINES), `    … ${left} more lines`] : lines;
}
