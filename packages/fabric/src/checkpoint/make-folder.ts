import type { FileSystem } from "@lightning-ts/core";

/** Makes a folder and those above it. What is new survives a power failure: the folder that it is in is flushed. */
export async function makeFolder(files: FileSystem, folder: string): Promise<void> {
  const added: string[] = [];
  for (let at = folder; (await files.stat(at)) === undefined && files.dirname(at) !== at; at = files.dirname(at))
    added.push(at);
  await files.makeDirectory(folder);
  for (const path of added.reverse()) await files.flushDirectory(files.dirname(path));
}
