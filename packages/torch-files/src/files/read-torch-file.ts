import { TorchFileError } from "../errors/torch-file-error.js";
import { readPickle } from "../pickle/read-pickle.js";
import { MemoryBudget } from "../values/memory-budget.js";
import type { TorchValue } from "../values/py-values.js";
import { ZipArchive } from "../zip/zip-archive.js";
import { requireTree } from "./require-tree.js";
import { requireTorchZip } from "./torch-file-kind.js";
import { TorchHost } from "./torch-host.js";
import { TorchStorages } from "./torch-storages.js";

const MEBIBYTE = 2 ** 20;

export interface ReadTorchFileOptions {
  /**
   * What reading may allocate beside the file: objects, and members that are deflated. PyTorch stores tensors as they
   * are, so these take nothing. @default 40 MiB and the file's length
   */
  readonly maxMemoryBytes?: number | undefined;
  /** What the values of all tensors may take together once they are copied out. @default 64 MiB and 8 times the file */
  readonly maxTensorBytes?: number | undefined;
}

/** What a file of `torch.save` holds. */
export interface TorchFile {
  readonly value: TorchValue;
  /** Classes and functions that mean nothing here: each is a `PyObject` with its name where it stands. */
  readonly unknownClasses: readonly string[];
}

/**
 * Reads a file that `torch.save` or Lightning wrote. It runs nothing: a class in the file is a name. Tensors refer to
 * the bytes of the file until `values()` copies them.
 * @throws TorchFileError for anything that is no such file, TorchLimitError for one that would take more than its size
 * explains
 * @example
 * ```ts
 * import { readTorchFile, toPlain, writeTorchFile } from "@lightning-ts/torch-files";
 *
 * const { value } = readTorchFile(writeTorchFile(new Map([["epoch", 3]])));
 * console.log(toPlain(value)); // { epoch: 3 }
 * ```
 */
export function readTorchFile(file: Uint8Array, options: ReadTorchFileOptions = {}): TorchFile {
  requireTorchZip(file);
  const { maxMemoryBytes = file.length + 40 * MEBIBYTE, maxTensorBytes = 8 * file.length + 64 * MEBIBYTE } = options;
  const objects = new MemoryBudget(maxMemoryBytes, "reading it (maxMemoryBytes)");
  const tensors = new MemoryBudget(maxTensorBytes, "its tensors (maxTensorBytes)");
  const archive = new ZipArchive(file, objects);
  const folder = folderOf(archive);
  const storages = new TorchStorages(archive, folder, byteOrderOf(archive, folder));
  const host = new TorchHost(storages, { objects, tensors });
  const value = readPickle(archive.read(`${folder}data.pkl`), host, objects);
  requireTree(value, objects);
  return { value, unknownClasses: [...host.unknownClasses] };
}

/** PyTorch puts everything into one folder, which is named after the file. */
function folderOf(archive: ZipArchive): string {
  const pickles = archive.names.filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  const [pickle] = pickles;
  if (pickle === undefined || pickles.length > 1)
    throw new TorchFileError({
      message: "This zip file was not written by torch.save.",
      expected: "one folder with data.pkl in it",
      received: `${archive.names.length} other members`,
    });
  const folder = pickle.slice(0, -"data.pkl".length);
  if (archive.has(`${folder}constants.pkl`) || archive.names.some((name) => name.startsWith(`${folder}code/`)))
    throw new TorchFileError({
      message: "This is a TorchScript archive: it holds a program beside the weights.",
      tryThis: "torch.save(model.state_dict(), path) in Python.",
    });
  return folder;
}

function byteOrderOf(archive: ZipArchive, folder: string): "little" | "big" {
  const name = `${folder}byteorder`;
  if (!archive.has(name)) return "little";
  const order = archive.sizeOf(name) <= 8 ? new TextDecoder().decode(archive.read(name)) : "";
  if (order === "little" || order === "big") return order;
  throw new TorchFileError({ message: "This file names no byte order that is known.", expected: "little or big" });
}
