const LONGEST_MS = 2000;

const loading = new Map<Int32Array, number>();

/**
 * Lets the process end only when a thread has loaded its native libraries: Node aborts with a stack trace when it ends
 * a thread in the middle of that.
 * @param cells shared with the thread
 * @param cell becomes 1 when it has loaded them, or could not
 */
export function awaitLoadingAtExit(cells: Int32Array, cell: number): void {
  if (loading.size === 0) process.on("exit", awaitAll);
  loading.set(cells, cell);
}

/** To be called when the thread is gone: nothing has to be waited for any more. */
export function forgetLoading(cells: Int32Array): void {
  if (loading.delete(cells) && loading.size === 0) process.off("exit", awaitAll);
}

function awaitAll(): void {
  for (const [cells, cell] of loading) if (Atomics.load(cells, cell) === 0) Atomics.wait(cells, cell, 0, LONGEST_MS);
}
