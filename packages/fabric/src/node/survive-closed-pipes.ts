let isListening = false;

/**
 * A reader that goes away, as in `node train.js | head -1`, ends the output and not the run. Without a listener the
 * process would die of it. All other errors of the streams are thrown, as they are without one.
 */
export function surviveClosedPipes(): void {
  if (isListening) return;
  isListening = true;
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
}
