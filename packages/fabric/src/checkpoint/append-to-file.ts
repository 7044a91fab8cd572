import type { FileSystem } from "@lightning-ts/core";

/** Adds bytes at the end of a file, and waits until they are on the storage device. */
export async function appendToFile(files: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.open(path, "append");
  try {
    await file.write(bytes);
    await file.flush();
  } finally {
    await file.close();
  }
}
