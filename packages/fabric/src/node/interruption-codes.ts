/** What a run ends with that somebody interrupted: all of its ranks hear of that. */
const INTERRUPTIONS: readonly number[] = [130, 138, 143];

/** Whether a process with this exit code was interrupted, and did not fail. */
export function isInterruption(code: number): boolean {
  return INTERRUPTIONS.includes(code);
}
