import { rejectUnknownOptions } from "@lightning-ts/core";
import { openZip, TorchFileError } from "@lightning-ts/torch-files";
import { DataFileError } from "../errors/data-file-error.js";
import { readSource, type DataSource, type FilesOption } from "../files/byte-source.js";
import type { DataArray } from "./data-array.js";
import { npyArray } from "./read-npy.js";

export interface NpzOptions extends FilesOption {
  /** The arrays to read. @default all */
  readonly names?: readonly string[] | undefined;
  /** What compressed arrays may take in memory together. @default 4 GiB */
  readonly maxInflatedBytes?: number | undefined;
}

/**
 * Reads the arrays of a `.npz` file by their names, as `numpy.savez` and `numpy.savez_compressed` write it. Checksums
 * are checked.
 * @param source a path, or a file's bytes
 * @throws DataFileError for what is no such file, or damaged
 */
export async function readNpz(source: DataSource, options: NpzOptions = {}): Promise<ReadonlyMap<string, DataArray>> {
  rejectUnknownOptions("readNpz", options, ["names", "maxInflatedBytes", "files"]);
  const path = typeof source === "string" ? source : "the bytes";
  const bytes = await readSource("readNpz", source, options);
  try {
    const archive = openZip(bytes, options.maxInflatedBytes ?? 2 ** 32);
    const names = options.names ?? archive.names.map((name) => name.replace(/\.npy$/, ""));
    return new Map(names.map((name) => [name, npyArray(`${path}/${name}.npy`, archive.read(`${name}.npy`))]));
  } catch (cause) {
    if (!(cause instanceof TorchFileError)) throw cause;
    throw new DataFileError({
      path,
      message: cause.message,
      expected: "a zip file of .npy files, as numpy.savez writes it",
      cause,
    });
  }
}
