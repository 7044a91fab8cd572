/** What can be waited for without the event loop. */
interface Runs {
  readonly submitted: number;
  join(id: number): void;
}

const waitedFor = new Set<Runs>();

/**
 * Lets the process end only when its runs have ended, where that matters: Deno gives the memory of a program back while
 * its threads still compute on it, and crashes. Node ends the threads first.
 */
export function awaitRunsAtExit(runs: Runs): void {
  if (!("Deno" in globalThis)) return;
  if (waitedFor.size === 0) process.on("exit", awaitAll);
  waitedFor.add(runs);
}

/** To be called when there will be no more runs. */
export function forgetRuns(runs: Runs): void {
  waitedFor.delete(runs);
}

function awaitAll(): void {
  for (const runs of waitedFor) {
    try {
      runs.join(runs.submitted);
    } catch {
      // The thread has died: nothing runs any more, and whoever waited for a result has been told.
    }
  }
}
