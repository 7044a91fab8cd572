import { MemoryFiles, type FileOperation } from "@lightning-ts/testing";
import { lookAt, type FolderState } from "./look-at-files.js";
import { FOLDER, runInMemory, type RunInMemory } from "./run-in-memory.js";
import type { Saving } from "./saving.js";

const CHANGES: readonly FileOperation[] = [
  ...(["makeDirectory", "createDirectory", "open", "write", "flush", "close"] as const),
  ...(["rename", "remove", "link", "flushDirectory"] as const),
];

/** The files as they were just before an operation changed them. */
export interface Moment {
  /** The operation that did not happen, e.g. `rename /runs/small/.lightning-….tmp`. */
  readonly before: string;
  readonly files: MemoryFiles;
  /** Checkpoints that the run had been told are safe, with their steps, those that it removed later left out. */
  readonly safe: Readonly<Record<string, number>>;
}

/** A whole run, and what its files were at each moment. */
export interface RecordedRun {
  readonly run: RunInMemory;
  readonly moments: readonly Moment[];
  /** How many flushes there were, of files and of folders. */
  readonly flushes: number;
}

/** @param withoutFlush number of a flush, from 0, that the device only pretends to have done */
export async function recordRun(saving: Saving, withoutFlush = -1): Promise<RecordedRun> {
  const files = new MemoryFiles();
  const moments: Omit<Moment, "safe">[] = [];
  const told: { readonly at: number; readonly files: MemoryFiles }[] = [];
  let flushes = 0;
  files.failWhen((operation, path) => {
    if (!CHANGES.includes(operation)) return undefined;
    moments.push({ before: `${operation} ${path}`, files: files.copy() });
    return undefined;
  });
  const isLost = (): boolean => {
    flushes += 1;
    return flushes - 1 === withoutFlush;
  };
  const open = files.open.bind(files);
  const flushDirectory = files.flushDirectory.bind(files);
  Object.assign(files, {
    open: async (...args: Parameters<typeof open>) => {
      const file = await open(...args);
      return { ...file, flush: async () => (isLost() ? undefined : file.flush()) };
    },
    flushDirectory: async (path: string) => (isLost() ? undefined : flushDirectory(path)),
  });
  const onSaved = (): void => void told.push({ at: moments.length, files: files.copy() });
  const run = await runInMemory(files, saving, { onSaved });
  moments.push({ before: "the end", files: files.copy() });
  const states = await Promise.all(
    told.map(async ({ at, files: then }) => ({ at, steps: (await lookAt(then)).steps })),
  );
  return { run, moments: moments.map((moment, at) => ({ ...moment, safe: safeAt(states, moment, at) })), flushes };
}

function safeAt(
  states: readonly { readonly at: number; readonly steps: FolderState["steps"] }[],
  { files }: Pick<Moment, "files">,
  moment: number,
): Readonly<Record<string, number>> {
  const known: Record<string, number> = {};
  for (const { at, steps } of states) if (at <= moment) Object.assign(known, steps);
  const there = new Set(files.paths());
  return Object.fromEntries(Object.entries(known).filter(([name]) => there.has(files.join(FOLDER, name))));
}

/** Checkpoints of which less is there than the run was told. */
export function lost({ steps }: FolderState, { safe }: Moment): string[] {
  return Object.keys(safe).filter((name) => (steps[name] ?? -1) < (safe[name] ?? -1));
}
