import { MisconfigurationError, type FileSystem } from "@lightning-ts/core";
import { CheckpointNotFoundError } from "../checkpoint/checkpoint-errors.js";
import { SafetensorsCheckpointStore } from "../checkpoint/safetensors-checkpoint-store.js";
import { readCommit } from "../checkpoint/shard-folder.js";

/** What `fabric consolidate` was given, as text. */
export interface ConsolidateFlags {
  readonly outputFile?: string | undefined;
}

/**
 * Puts the shards of a checkpoint together in one file, which any strategy and number of ranks goes on from.
 * @returns the path of the file
 * @throws CheckpointNotFoundError, CheckpointFormatError; MisconfigurationError for what is no folder of shards, and
 *   for an output that is there already
 */
export async function consolidate(
  files: FileSystem,
  folder: string,
  { outputFile }: ConsolidateFlags,
): Promise<string> {
  const source = files.resolve(folder);
  const found = await files.stat(source);
  if (found === undefined) throw new CheckpointNotFoundError(source, undefined);
  const commit = found.isDirectory ? await readCommit(files, source) : undefined;
  if (commit === undefined)
    throw new MisconfigurationError({
      message: `${source} is no folder of shards.`,
      expected: 'a checkpoint of FSDPStrategy({ stateDictType: "sharded" }), with a commit.json in it',
      received: found.isDirectory ? "a folder without one" : "a file",
    });
  const target = files.resolve(outputFile ?? `${source}.consolidated`);
  if ((await files.stat(target)) !== undefined)
    throw new MisconfigurationError({
      message: `${target} is there already.`,
      tryThis: "--output-file with another name, or remove it first.",
    });
  const store = new SafetensorsCheckpointStore(files);
  await store.save(target, await store.load(source), { weights: commit.weights });
  return target;
}
