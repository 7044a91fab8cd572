import type { FileSystem } from "@lightning-ts/core";
import { CheckpointFormatError, type LoadedTree } from "@lightning-ts/fabric";
import { KIND_BYTES, readTorchFile, TorchFileError, torchFileKind, type TorchValue } from "@lightning-ts/torch-files";
import { fromPython } from "./torch/from-python.js";

/**
 * A checkpoint, whoever wrote it: what Python wrote is recognised by its first bytes and brought into our form; all
 * else is the store's.
 * @throws CheckpointFormatError for a Python file that cannot be read
 */
export async function readCheckpoint(
  path: string,
  files: FileSystem,
  load: () => Promise<LoadedTree>,
): Promise<LoadedTree> {
  const value = await readPythonFile(path, files);
  return value === undefined ? load() : asFormatError(path, () => fromPython(value, path));
}

/** What a file of `torch.save` holds; undefined for any other. @throws CheckpointFormatError for a damaged one */
export async function readPythonFile(path: string, files: FileSystem): Promise<TorchValue | undefined> {
  if ((await files.stat(path))?.isFile !== true) return undefined;
  if (torchFileKind(await files.readRange(path, 0, KIND_BYTES)) === "other") return undefined;
  const bytes = await files.readFile(path);
  return asFormatError(path, () => readTorchFile(bytes).value);
}

function asFormatError<TResult>(path: string, read: () => TResult): TResult {
  try {
    return read();
  } catch (error) {
    throw error instanceof TorchFileError ? new CheckpointFormatError(path, error.message, error) : error;
  }
}
