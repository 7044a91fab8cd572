import { visibleName, type FileSystem } from "@lightning-ts/core";
import { makeFolder } from "../checkpoint/make-folder.js";

/** The folder of one run below `<saveDir>/<name>`. */
export interface VersionFolder {
  readonly version: string | number;
  readonly path: string;
}

/**
 * Makes `<rootDir>/version_<n>`, with the given number or the next free one; a version that is a string is the folder's
 * name. Of several that ask at once for a free one, each gets a folder of its own.
 */
export async function takeVersionFolder(
  files: FileSystem,
  rootDir: string,
  version: string | number | undefined,
): Promise<VersionFolder> {
  if (version !== undefined) {
    const path = files.join(rootDir, typeof version === "number" ? `version_${version}` : visibleName(version));
    await makeFolder(files, path);
    return { version, path };
  }
  await makeFolder(files, rootDir);
  for (let next = await nextVersion(files, rootDir); ; next += 1) {
    const path = files.join(rootDir, `version_${next}`);
    if (!(await files.createDirectory(path))) continue;
    await files.flushDirectory(rootDir);
    return { version: next, path };
  }
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
