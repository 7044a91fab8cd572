import { oneLine } from "../display/one-line.js";
import type { JournalEntry } from "../checkpoint/run-journal.js";
import { describeEnd, reportFailures, type FailedStart, type StartEnd } from "./failed-starts.js";

/** @param attempt number of the start, from 1 */
export type Start = (attempt: number) => Promise<StartEnd>;

/** What starts a script again, and what it may know of it. */
export interface Supervision {
  readonly script: string;
  readonly maxRestarts: number;
  readonly start: Start;
  /** Checkpoints that the script has written so far, the newest first. */
  readonly entries: () => Promise<readonly JournalEntry[]>;
  readonly now: () => number;
  readonly say: (text: string) => void;
}

/** Signals and exit codes of an end that somebody wanted: Ctrl-C, and a job that its cluster starts again. */
const WANTED_CODES: readonly number[] = [130, 138];

/**
 * Runs a script until it ends well, somebody stops it, or another start would be no use.
 * @returns the exit code of its last start
 */
export async function supervise({ script, maxRestarts, start, entries, now, say }: Supervision): Promise<number> {
  const failures: FailedStart[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const before = furthest(await entries());
    const startedMs = now();
    const end = await start(attempt);
    if (end.code === 0) {
      if (failures.length > 0)
        say(reportFailures(failures, `lightning run: ${script} ended well, after ${counted(failures.length)}.`));
      return 0;
    }
    const after = furthest(await entries());
    failures.push({ ...end, durationMs: now() - startedMs });
    const why = whyNotAgain({ end, isFurther: isFurther(after, before), restarts: attempt - 1, maxRestarts });
    if (why !== undefined) {
      if (end.asked === undefined) say(reportFailures(failures, `lightning run: ${script} has failed. ${why}`));
      return end.code;
    }
    const from = after === undefined ? "the beginning" : `step ${after.step} of fit ${after.fit}`;
    say(
      oneLine(
        `lightning run: ${script} ${describeEnd(end)}. It goes on from ${from} (start ${attempt + 1} of at most ${maxRestarts + 1}).`,
      ),
    );
  }
}

interface Situation {
  readonly end: StartEnd;
  readonly isFurther: boolean;
  readonly restarts: number;
  readonly maxRestarts: number;
}

/** Why a script is not started again; undefined where it is. */
function whyNotAgain({ end, isFurther: hasMoved, restarts, maxRestarts }: Situation): string | undefined {
  if (end.asked !== undefined) return `${end.asked} was passed on to it.`;
  if (WANTED_CODES.includes(end.code)) return `It was stopped on purpose (exit code ${end.code}).`;
  if (maxRestarts === 0) return "It is not started again (--max-restarts 0).";
  if (restarts >= maxRestarts)
    return `It was started again ${restarts === 1 ? "once" : `${restarts} times`} (--max-restarts).`;
  if (!hasMoved) return "It is not started again: it has written no newer checkpoint since its last start.";
  return undefined;
}

type Position = Pick<JournalEntry, "fit" | "step">;

function furthest(entries: readonly JournalEntry[]): Position | undefined {
  let found: Position | undefined;
  for (const entry of entries) if (isFurther(entry, found)) found = entry;
  return found;
}

function isFurther(a: Position | undefined, b: Position | undefined): boolean {
  if (a === undefined) return false;
  return b === undefined || a.fit > b.fit || (a.fit === b.fit && a.step > b.step);
}

function counted(times: number): string {
  return times === 1 ? "one failure" : `${times} failures`;
}
