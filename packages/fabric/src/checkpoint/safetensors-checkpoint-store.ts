import {
  CodecError,
  decodeJson,
  decodeSafetensors,
  encodeJson,
  LightningError,
  nearestName,
  writeSafetensors,
  type FileSystem,
  type HostTensor,
} from "@lightning-ts/core";
import { TensorBuffer } from "@tensorflow/tfjs-core";
import {
  CheckpointFormatError,
  CheckpointNotFoundError,
  CheckpointReadError,
  CheckpointWriteError,
} from "./checkpoint-errors.js";
import { describeChecksums, verifyChecksums } from "./checksums.js";
import type { CheckpointStore, CheckpointValue, LoadedTree, SaveOptions } from "./checkpoint-store.js";
import { isFileError } from "./file-error.js";
import { commitShards, isShardFolder, mergeParts, readCommit, removeShards, type ShardCommit } from "./shard-folder.js";
import { packTree, unpackTree } from "./pack-tree.js";
import { FolderFlushError } from "./folder-flush-error.js";
import { makeFolder } from "./make-folder.js";
import { replaceFile } from "./replace-file.js";

/** The entry of the file's metadata that describes the tree. */
const DESCRIPTION = "__lightning__";
/** Python's safetensors wants to know whose tensors they are. */
const FORMAT = "pt";
const CHECKSUMS = "__lightning_checksums__";
/** Files of version 1, of lightning-ts 0.1.0, have no checksums. */
const VERSION = 2;

/**
 * One safetensors file per checkpoint: model tensors under their own names, others under the path to them, and
 * everything else as versioned JSON in the metadata. Python's `safetensors` reads it; nothing in it can name code.
 * @example
 * ```ts
 * import { SafetensorsCheckpointStore } from "@lightning-ts/fabric";
 * import { nodeFiles } from "@lightning-ts/fabric/node";
 *
 * const store = new SafetensorsCheckpointStore(nodeFiles());
 * await store.save("state.ckpt", { epoch: 3, best: Infinity });
 * console.log(await store.load("state.ckpt")); // { epoch: 3, best: Infinity }
 * ```
 */
export class SafetensorsCheckpointStore implements CheckpointStore {
  readonly kind = "checkpoint-store";
  readonly name = "safetensors";
  readonly #files: FileSystem;

  constructor(files: FileSystem) {
    this.#files = files;
  }

  async save(
    path: string,
    tree: { readonly [key: string]: CheckpointValue },
    options: SaveOptions = {},
  ): Promise<void> {
    const target = this.#files.resolve(path);
    const { tensors, description } = packTree(tree, options);
    const text = encodeJson(description, VERSION);
    const metadata = new Map([
      ["format", FORMAT],
      [DESCRIPTION, text],
      [CHECKSUMS, await describeChecksums(tensors, text)],
    ]);
    try {
      await makeFolder(this.#files, this.#files.dirname(target));
      await replaceFile(this.#files, target, (file) => writeSafetensors(file, tensors, metadata), options.owner);
    } catch (error) {
      if (LightningError.isInstance(error)) throw error;
      throw new CheckpointWriteError(target, error, { isInPlace: error instanceof FolderFlushError });
    }
  }

  async commitShards(path: string, shards: readonly string[], options: SaveOptions = {}): Promise<void> {
    const target = this.#files.resolve(path);
    try {
      await commitShards(this.#files, target, shards, options);
    } catch (error) {
      if (LightningError.isInstance(error)) throw error;
      throw new CheckpointWriteError(target, error, { isInPlace: error instanceof FolderFlushError });
    }
  }

  async load(path: string): Promise<LoadedTree> {
    const commit = await this.#commitAt(path);
    if (commit !== undefined) return this.#loadShards(path, commit);
    const { tensors, metadata } = await this.#read(path);
    const text = metadata.get(DESCRIPTION);
    if (text === undefined)
      throw new CheckpointFormatError(path, "it is a safetensors file, but not one that lightning-ts wrote.");
    try {
      const { value, version } = decodeJson(text, VERSION);
      if (version > 1 && !metadata.has(CHECKSUMS)) throw new CheckpointFormatError(path, "its checksums are missing.");
      return unpackTree(value, tensors, version < VERSION ? version : undefined);
    } catch (error) {
      throw formatError(path, error);
    }
  }

  async loadTensors(path: string): Promise<Map<string, HostTensor>> {
    const commit = await this.#commitAt(path);
    if (commit !== undefined) {
      const { tensors } = packTree(await this.#loadShards(path, commit), { weights: commit.weights });
      return new Map([...tensors].filter((entry): entry is [string, HostTensor] => entry[1] instanceof TensorBuffer));
    }
    return (await this.#read(path)).tensors;
  }

  async remove(path: string): Promise<void> {
    const target = this.#files.resolve(path);
    const found = await this.#files.stat(target);
    if (found === undefined) return;
    if (found.isDirectory && (await isShardFolder(this.#files, target))) return removeShards(this.#files, target);
    // A path that is wrong, such as an empty one, must not take a folder with everything in it along.
    if (!found.isFile) throw new CheckpointFormatError(target, "it is a folder.");
    await this.#files.remove(target);
  }

  async exists(path: string): Promise<boolean> {
    const target = this.#files.resolve(path);
    const found = await this.#files.stat(target);
    return found?.isFile === true || (found?.isDirectory === true && (await isShardFolder(this.#files, target)));
  }

  async teardown(): Promise<void> {}

  /** What a folder of shards holds; undefined for everything else. */
  async #commitAt(path: string): Promise<ShardCommit | undefined> {
    const target = this.#files.resolve(path);
    if ((await this.#files.stat(target))?.isDirectory !== true) return undefined;
    return readCommit(this.#files, target);
  }

  async #loadShards(path: string, { shards: [first = "", ...others] }: ShardCommit): Promise<LoadedTree> {
    const folder = this.#files.resolve(path);
    const tree = await this.load(this.#files.join(folder, first));
    for (const name of others) mergeParts(folder, tree, await this.load(this.#files.join(folder, name)));
    return tree;
  }

  async #read(path: string): Promise<ReturnType<typeof decodeSafetensors>> {
    const target = this.#files.resolve(path);
    const found = await this.#files.stat(target);
    if (found === undefined) throw new CheckpointNotFoundError(target, await this.#nearest(target));
    if (found.isDirectory) throw new CheckpointFormatError(target, "it is a folder.");
    try {
      const read = decodeSafetensors(await this.#files.readFile(target));
      const [text, checksums] = [read.metadata.get(DESCRIPTION), read.metadata.get(CHECKSUMS)];
      if (text !== undefined && checksums !== undefined) {
        if (read.metadata.get("format") !== FORMAT)
          throw new CheckpointFormatError(target, "its metadata are damaged.");
        await verifyChecksums(target, checksums, read.tensors, text);
      }
      return read;
    } catch (error) {
      throw formatError(target, error);
    }
  }

  /** The file in the same folder whose name is most like the one that is missing. */
  async #nearest(target: string): Promise<string | undefined> {
    const folder = this.#files.dirname(target);
    if ((await this.#files.stat(folder))?.isDirectory !== true) return undefined;
    const name = nearestName(this.#files.basename(target), await this.#files.list(folder));
    return name === undefined ? undefined : this.#files.join(folder, name);
  }
}

function formatError(path: string, error: unknown): unknown {
  if (isFileError(error)) return new CheckpointReadError(path, error);
  return error instanceof CodecError || error instanceof TypeError
    ? new CheckpointFormatError(path, error.message, error)
    : error;
}
