/** Less is what every worker needs to run at all, and says nothing. */
const NOTEWORTHY_BYTES = 128 * 2 ** 20;
/** Growth in the second half of the wait, as a share of what the worker held. */
const GROWING_SHARE = 0.1;

/** Memory of the process, in bytes: halfway through the wait, at its end, and when the worker had ended. */
export interface MemoryOfWait {
  readonly halfway: number;
  readonly held: number;
  readonly left: number;
}

/** What is to be said about the memory of a worker that gave no answer; nothing where there was little. */
export function memoryOfWorker({ halfway, held, left }: MemoryOfWait): string {
  const bytes = held - left;
  if (bytes < NOTEWORTHY_BYTES) return "";
  const size = `${Math.round(bytes / 2 ** 20)} MB of memory`;
  if (held - halfway < GROWING_SHARE * bytes) return ` It held ${size}.`;
  return ` It was running out of memory: it held ${size}, and kept taking more.`;
}
