/** The first that has no result is the one that ran, or was about to. */
const MOST_NAMES = 5;

/** A test file without an end, and those of its tests that have no result. */
export interface UnfinishedFile {
  readonly file: string;
  readonly tests: readonly string[];
}

/** A worker that ended without being asked to. */
export interface Death {
  readonly pid: number | undefined;
  readonly code: number | null;
  readonly signal: string | null;
  /** At most a second before the end, where the platform tells. */
  readonly memory: string | undefined;
  /** The end of what it wrote to standard error. */
  readonly lastWords: string;
  /** What all workers were running when it ended. */
  readonly files: readonly UnfinishedFile[];
}

/** Names the files that began and never ended, and how the workers ended that died; nothing where all went well. */
export function describeDeaths(deaths: readonly Death[], unfinished: readonly UnfinishedFile[]): string | undefined {
  if (deaths.length === 0 && unfinished.length === 0) return undefined;
  const never = new Set(unfinished.map(({ file }) => file));
  return [
    ...unfinished.map(({ file, tests }) => `${file} began and never ended; without a result: ${list(tests)}`),
    ...deaths.map((death) => describeDeath(death, never)),
  ].join("\n");
}

function describeDeath({ pid, code, signal, memory, lastWords, files }: Death, never: ReadonlySet<string>): string {
  const names = files.map(({ file }) => file);
  // Other workers had files in hand as well, and went on to finish them.
  const own = names.filter((name) => never.has(name));
  return [
    `A worker (process ${pid}) died of ${signal ?? `exit code ${code}`} during ${list(own.length > 0 ? own : names)}.`,
    ...(memory === undefined ? [] : [`Shortly before, ${memory}.`]),
    lastWords.trim() === ""
      ? "The process itself wrote nothing to standard error."
      : `Its last words:\n${lastWords.trimEnd()}`,
  ].join("\n");
}

function list(names: readonly string[]): string {
  if (names.length === 0) return "nothing that is known";
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join("; ") + (more > 0 ? `; and ${more} more` : "");
}
