/** What can be waited for without the event loop. */
interface Runs {
  joinAll(): void;
}

const waitedFor = new Set<Runs>();

/**
 * Lets the process end only when its runs have ended. A device's own threads would compute on memory that the process
 * has given back, and so would the executor's in Deno, which ends its threads later than Node.
 */
export function awaitRunsAtExit(runs: Runs): void {
  if (waitedFor.size === 0) process.on("exit", awaitAll);
  waitedFor.add(runs);
}

/** To be called when there will be no more runs. */
export function forgetRuns(runs: Runs): void {
  if (waitedFor.delete(runs) && waitedFor.size === 0) process.off("exit", awaitAll);
}

function awaitAll(): void {
  for (const runs of waitedFor) {
    try {
      runs.joinAll();
    } catch {
      // The thread has died: nothing runs any more, and whoever waited for a result has been told.
    }
  }
}
