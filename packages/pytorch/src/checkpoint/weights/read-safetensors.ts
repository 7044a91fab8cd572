import {
  CodecError,
  decodeSafetensor,
  parseSafetensorsHeader,
  safetensorsHeaderLength,
  type FileSystem,
  type HostTensor,
} from "@lightning-ts/core";
import { CheckpointFormatError, CheckpointNotFoundError } from "@lightning-ts/fabric";

const LENGTH_BYTES = 8;

/** What a safetensors file holds. */
export interface SafetensorsFile {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: Map<string, HostTensor>;
}

/**
 * Reads a safetensors file one tensor after another, so that the file is never in memory as a whole.
 * @throws CheckpointNotFoundError, CheckpointFormatError
 */
export async function readSafetensors(path: string, files: FileSystem): Promise<SafetensorsFile> {
  const found = await files.stat(path);
  if (found === undefined) throw new CheckpointNotFoundError(path, undefined);
  try {
    const start = await files.readRange(path, 0, LENGTH_BYTES);
    const header = await files.readRange(path, 0, safetensorsHeaderLength(start, found.sizeBytes));
    const { entries, metadata } = parseSafetensorsHeader(header, found.sizeBytes);
    const tensors = new Map<string, HostTensor>();
    for (const entry of entries)
      tensors.set(
        entry.name,
        decodeSafetensor(entry, await files.readRange(path, entry.begin, entry.end - entry.begin)),
      );
    return { metadata, tensors };
  } catch (error) {
    throw error instanceof CodecError ? new CheckpointFormatError(path, error.message, error) : error;
  }
}
