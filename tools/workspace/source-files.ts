import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const SKIPPED_FOLDERS = new Set(["node_modules", "dist", "fixtures", "generated", "coverage"]);

/**
 * The TypeScript files below a folder, as paths relative to `root`; dependencies, builds, hidden folders and generated
 * files are left out.
 */
export function sourceFiles(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return SKIPPED_FOLDERS.has(entry.name) || entry.name.startsWith(".") ? [] : sourceFiles(root, path);
    return /\.(ts|mts|cts)$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

/** Tests may import what the code beside them may not. */
export function isTestFile(path: string): boolean {
  return /\.(test|test-d|bench)\.ts$/.test(path);
}

/** What only tests use: files whose names end like this, and folders below `src` for it. None of it is published. */
export function isTestSupport(path: string): boolean {
  return path.endsWith("-under-test.ts") || /\/src\/(.+\/)?testing\//.test(path);
}
