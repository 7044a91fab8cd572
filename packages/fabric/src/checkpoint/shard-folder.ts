import { isPlainObject, type FileSystem } from "@lightning-ts/core";
import { CheckpointFormatError, CheckpointWriteError } from "./checkpoint-errors.js";
import type { CheckpointValue, LoadedTree, LoadedValue, SaveOptions } from "./checkpoint-store.js";
import { isTree, requireStorable } from "./pack-tree.js";
import { replaceFile } from "./replace-file.js";
import { removeLeftovers } from "./temporary-files.js";

/** Says which files of a folder are its checkpoint. It takes the place of the one before in one step. */
const COMMIT = "commit.json";
const FORMAT = "lightning-ts shards";
const VERSION = 1;
const SHARD = /^shard-\d+-of-\d+-[0-9a-f]{32}\.ckpt$/;

/** What a folder of shards holds. */
export interface ShardCommit {
  /** Names of the files, the first rank's first. */
  readonly shards: readonly string[];
  /** The entry of the tree whose tensors keep their own names in one file. */
  readonly weights: string | undefined;
}

/** The name of a rank's part. @param save tells saves apart, 32 hexadecimal digits */
export function shardName(rank: number, worldSize: number, save: string): string {
  return `shard-${rank}-of-${worldSize}-${save}.ckpt`;
}

/**
 * Makes files of a folder its checkpoint, all of them at once, and removes those of the one before.
 * @throws CheckpointWriteError where one is not there
 */
export async function commitShards(
  files: FileSystem,
  folder: string,
  shards: readonly string[],
  { weights, owner }: SaveOptions,
): Promise<void> {
  for (const name of shards)
    if ((await files.stat(files.join(folder, name)))?.isFile !== true)
      throw new CheckpointWriteError(
        folder,
        new Error(`${name} is not there; all ranks have to see the same folder, also those of other machines`),
      );
  const commit = { format: FORMAT, version: VERSION, shards, weights: weights ?? null };
  const bytes = new TextEncoder().encode(JSON.stringify(commit, undefined, 2));
  await files.flushDirectory(folder);
  await replaceFile(files, files.join(folder, COMMIT), (file) => file.write(bytes), owner);
  const outdated = (await files.list(folder)).filter((name) => SHARD.test(name) && !shards.includes(name));
  for (const name of outdated) await files.remove(files.join(folder, name));
  if (owner !== undefined) await removeLeftovers(files, folder, owner);
}

/** Whether a folder holds a checkpoint. One whose first save was killed holds none. */
export async function isShardFolder(files: FileSystem, folder: string): Promise<boolean> {
  return (await files.stat(files.join(folder, COMMIT)))?.isFile === true;
}

/** Undefined where no checkpoint was committed. @throws CheckpointFormatError for a commit that cannot be read */
export async function readCommit(files: FileSystem, folder: string): Promise<ShardCommit | undefined> {
  const path = files.join(folder, COMMIT);
  if (!(await isShardFolder(files, folder))) return undefined;
  const { format, version, shards, weights } = parse(new TextDecoder().decode(await files.readFile(path)));
  if (
    format !== FORMAT ||
    version !== VERSION ||
    !isNames(shards) ||
    !(weights === null || typeof weights === "string")
  )
    throw new CheckpointFormatError(folder, `its ${COMMIT} cannot be read.`);
  return { shards, weights: weights ?? undefined };
}

/** Removes a folder of shards: first what makes it a checkpoint, so that no half of it looks like one. */
export async function removeShards(files: FileSystem, folder: string): Promise<void> {
  await files.remove(files.join(folder, COMMIT));
  await files.flushDirectory(folder);
  await files.remove(folder);
}

/** Where an optimizer's state is in the tree of a checkpoint, and a rank's part of its entries. */
export interface StatePart {
  readonly path: readonly string[];
  readonly entries: unknown;
}

/**
 * The tree of a rank that is not the first: its parts of the optimizers' states.
 * @throws CheckpointValueError for a value that a checkpoint cannot hold
 */
export function partTree(parts: readonly StatePart[]): { readonly states: CheckpointValue } {
  const states: unknown = parts.map(({ path, entries }) => ({ path, entries }));
  requireStorable(states, ["states"]);
  return { states };
}

/** Puts parts of the other ranks into the first one's tree. @throws CheckpointFormatError where they do not fit */
export function mergeParts(folder: string, first: LoadedTree, part: LoadedTree): void {
  const { states } = part;
  if (!Array.isArray(states)) throw new CheckpointFormatError(folder, "one of its shards is none.");
  for (const one of states) {
    const { path, entries } = isTree(one) ? one : {};
    const state = Array.isArray(path) ? valueAt(first, [...path, "state"]) : undefined;
    if (!isTree(state) || !isTree(entries))
      throw new CheckpointFormatError(folder, "one of its shards has an optimizer's state that the first has not.");
    Object.assign(state, entries);
  }
}

function valueAt(tree: LoadedTree, path: readonly LoadedValue[]): LoadedValue | undefined {
  let value: LoadedValue | undefined = tree;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isTree(value) && typeof key === "string" && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

function parse(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return isPlainObject(parsed) ? parsed : {};
  } catch {
    // Damaged text names no shards, and whoever reads them says so.
    return {};
  }
}

function isNames(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === "string" && SHARD.test(name))
  );
}
