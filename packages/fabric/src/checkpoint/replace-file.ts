import type { FileSystem, WritableFile } from "@lightning-ts/core";
import { FolderFlushError } from "./folder-flush-error.js";
import { temporaryPath } from "./temporary-files.js";

/**
 * Writes a file all or nothing: a temporary file in the same folder, flushed, renamed over the old one, folder flushed.
 * When anything fails before the new file took its place, the old one is whole and the temporary one is removed. A link
 * at the path is replaced, and what it leads to stays.
 * @param owner the run that writes, for the temporary file's name
 * @throws FolderFlushError when the new file is in place, and may not survive a power failure
 */
export async function replaceFile(
  files: FileSystem,
  path: string,
  write: (file: WritableFile) => Promise<void>,
  owner?: string,
): Promise<void> {
  const temporary = temporaryPath(files, path, owner);
  const file = await files.open(temporary, "create");
  try {
    try {
      await write(file);
      await file.flush();
    } finally {
      await file.close();
    }
    await files.rename(temporary, path);
  } catch (error) {
    await removeQuietly(files, temporary);
    throw error;
  }
  const folder = files.dirname(path);
  try {
    await files.flushDirectory(folder);
  } catch (error) {
    throw new FolderFlushError(folder, error);
  }
}

async function removeQuietly(files: FileSystem, path: string): Promise<void> {
  try {
    await files.remove(path);
  } catch {
    // The write failed already and that error is the one to report; a file that cannot be removed either is harmless.
  }
}
