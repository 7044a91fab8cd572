import type { FileSystem } from "@lightning-ts/core";
import { randomId } from "./random-id.js";

/** Stands in the names of files that belong to no run. */
const NOBODY = "0";

/**
 * A path beside `path` that nobody can guess. The name is short whatever the name of the file is, and says which run
 * writes.
 */
export function temporaryPath(files: FileSystem, path: string, owner: string = NOBODY): string {
  return files.join(files.dirname(path), `${prefixOf(owner)}${randomId()}.tmp`);
}

/**
 * Removes what saves of a run left in a folder when they were killed. Only names with exactly its id are touched.
 * Whoever calls this knows that no process of the run writes there.
 * @returns how many files there were
 */
export async function removeLeftovers(files: FileSystem, folder: string, owner: string): Promise<number> {
  const prefix = prefixOf(owner);
  const names = (await files.list(folder)).filter((name) => name.startsWith(prefix) && name.endsWith(".tmp"));
  for (const name of names) await files.remove(files.join(folder, name));
  return names.length;
}

function prefixOf(owner: string): string {
  return `.lightning-${owner}-`;
}
