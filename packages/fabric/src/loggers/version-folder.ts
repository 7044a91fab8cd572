import type { FileSystem } from "@lightning-ts/core";

/** The folder of one run below `<saveDir>/<name>`. */
export interface VersionFolder {
  readonly version: string | number;
  readonly path: string;
}

/**
 * `<rootDir>/version_<n>`, with the given number or the next free one; a version that is a string is the folder's name.
 */
export async function versionFolder(
  files: FileSystem,
  rootDir: string,
  version: string | number | undefined,
): Promise<VersionFolder> {
  const chosen = version ?? (await nextVersion(files, rootDir));
  return { version: chosen, path: files.join(rootDir, typeof chosen === "number" ? `version_${chosen}` : chosen) };
}

async function nextVersion(files: FileSystem, rootDir: string): Promise<number> {
  const found = await files.stat(rootDir);
  if (found?.isDirectory !== true) return 0;
  const numbers = (await files.list(rootDir)).map((entry) => Number(/^version_(\d+)$/.exec(entry)?.[1] ?? -1));
  return Math.max(-1, ...numbers) + 1;
}

/** Expands `~` and makes the path absolute. */
export function resolveFolder(files: FileSystem, folder: string): string {
  return folder === "~" || folder.startsWith("~/")
    ? files.join(files.homeDirectory(), folder.slice(1))
    : files.resolve(folder);
}
