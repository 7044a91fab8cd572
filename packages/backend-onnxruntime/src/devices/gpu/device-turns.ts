/** What can have runs in flight on a device. */
interface Runs {
  /** Waits until the thread that runs them has nothing to do. */
  finishRuns(): void;
}

/** Whose runs a device has, by its context. */
const holders = new Map<string, Runs>();

/**
 * Lets a runner touch a device when nobody else's runs are on it. Runners of one context have a thread each and the
 * device's state together, for which ONNX Runtime's providers take no care.
 */
export function takeTurn(context: string, runner: Runs): void {
  const holder = holders.get(context);
  if (holder === runner) return;
  try {
    holder?.finishRuns();
  } catch {
    // Its thread has died: nothing runs any more, and whoever waits for a result is told.
  }
  holders.set(context, runner);
}

/** To be called when a runner has nothing on the device any more. */
export function endTurn(context: string, runner: Runs): void {
  if (holders.get(context) === runner) holders.delete(context);
}
