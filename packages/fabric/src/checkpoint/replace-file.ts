import type { FileSystem, WritableFile } from "@lightning-ts/core";

let writesSoFar = 0;

/**
 * Writes a file all or nothing: a temporary file in the same folder, flushed, renamed over the old one, folder flushed.
 * When anything fails the old file is whole and the temporary one is removed.
 */
export async function replaceFile(
  files: FileSystem,
  path: string,
  write: (file: WritableFile) => Promise<void>,
): Promise<void> {
  writesSoFar += 1;
  const temporary = `${path}.${writesSoFar}.tmp`;
  try {
    const file = await files.open(temporary, "overwrite");
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
  await files.flushDirectory(files.dirname(path));
}

async function removeQuietly(files: FileSystem, path: string): Promise<void> {
  try {
    await files.remove(path);
  } catch {
    // The write failed already and that error is the one to report; a file that cannot be removed either is harmless.
  }
}
