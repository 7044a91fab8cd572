import { readCheckpoint } from "../../checkpoint/read-checkpoint.js";
import { isEntry, RunJournal } from "../../checkpoint/run-journal.js";
import { asRankZero, type FindCheckpointOptions } from "./find-checkpoint.js";

type Options = Pick<FindCheckpointOptions, "connection" | "messages" | "fit">;

/**
 * What this fit of this script wrote before `lightning run` started the script again: the newest checkpoint that is
 * there and can be read.
 */
export async function checkpointOfScript(options: Options): Promise<string | undefined> {
  const { ports, strategy } = options.connection;
  const journal = RunJournal.of(ports);
  // Other ranks were started by rank 0, and only that one knows who started it.
  if (journal === undefined && strategy.worldSize === 1) return undefined;
  return asRankZero(options, async (of) => (journal === undefined ? undefined : newestOf(journal, of)));
}

async function newestOf(journal: RunJournal, { connection, fit, messages }: Options): Promise<string | undefined> {
  const { strategy } = connection;
  const { files } = connection.ports;
  const damaged = new Set<string>();
  for (const entry of await journal.entries()) {
    const { path } = entry;
    if (entry.fit !== fit || damaged.has(path) || !(await strategy.checkpointExists(path))) continue;
    try {
      if (!isEntry(await readCheckpoint(path, files, () => strategy.loadCheckpoint(path)), entry)) continue;
    } catch (error) {
      damaged.add(path);
      messages.warn(
        `damaged ${path}`,
        `The newest checkpoint cannot be read; the one before is taken. ${String(error)}`,
      );
      continue;
    }
    messages.info(`The script was started again: this run goes on from ${path}.`);
    return path;
  }
  return undefined;
}
