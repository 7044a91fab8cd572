import type { FileSystem } from "@lightning-ts/core";

/**
 * Puts a relative link to `target` at `path`, in place of whatever is there: a folder that is moved keeps its links.
 * When a link cannot be made, what was at `path` is still there. Nothing may be at `temporary`,
 * where the link is made before it takes its place.
 */
export async function replaceByLink(
  files: FileSystem,
  target: string,
  { path, temporary }: { readonly path: string; readonly temporary: string },
): Promise<void> {
  await files.link(relativePath(files, files.dirname(path), target), temporary);
  await files.rename(temporary, path);
  await files.flushDirectory(files.dirname(path));
}

/** Whether a path leads into a folder, or into one below it: `runs-old/a` does not lead into `runs`. */
export function isInFolder(files: FileSystem, path: string, folder: string): boolean {
  return partsBelow(files, path, folder) !== undefined;
}

/** The names that lead from a folder down to a path, or undefined where it is not below. */
function partsBelow(files: FileSystem, path: string, folder: string): readonly string[] | undefined {
  const parts: string[] = [];
  for (let at = path; ; at = files.dirname(at)) {
    if (at === folder) return parts.length === 0 ? undefined : parts.reverse();
    if (files.dirname(at) === at) return undefined;
    parts.push(files.basename(at));
  }
}

function relativePath(files: FileSystem, folder: string, target: string): string {
  const climbs: string[] = [];
  for (let at = folder; ; at = files.dirname(at)) {
    const down = partsBelow(files, target, at);
    if (down !== undefined) return files.join(...climbs, ...down);
    if (files.dirname(at) === at) return target;
    climbs.push("..");
  }
}
