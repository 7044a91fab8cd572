import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

type Paths = (args: readonly unknown[]) => readonly unknown[];

const first: Paths = ([path]) => [path];
const second: Paths = ([, path]) => [path];
const both: Paths = ([from, to]) => [from, to];
const opened: Paths = ([path, flags]) => (flags === undefined || flags === "r" ? [] : [path]);

/** Calls that change files, with the paths that they change. */
const CHANGES: ReadonlyMap<string, Paths> = new Map([
  ...["appendFile", "chmod", "mkdir", "mkdtemp", "rm", "rmdir", "truncate", "unlink", "writeFile"].map(
    (name) => [name, first] as const,
  ),
  ...["copyFile", "cp", "link", "symlink"].map((name) => [name, second] as const),
  ["rename", both],
  ["open", opened],
]);

/**
 * From now on this process changes files in the folder for temporary ones only. A mutant can turn any path into
 * another one: one of them removed the whole checkout.
 */
export function guardFiles(): void {
  for (const [name, paths] of CHANGES) {
    guard(fs.promises, name, paths);
    guard(fs, name, paths);
    guard(fs, `${name}Sync`, paths);
  }
  syncBuiltinESMExports();
}

function guard(owner: object, name: string, paths: Paths): void {
  const original: unknown = Reflect.get(owner, name);
  if (typeof original !== "function") return;
  Reflect.set(owner, name, (...args: readonly unknown[]): unknown => {
    const outside = paths(args).find((path) => !isTemporary(path));
    if (outside === undefined) return Reflect.apply(original, owner, args);
    const error = new Error(`${name} of ${String(outside)}, which is not in the folder for temporary files`);
    if (owner === fs) throw error;
    return Promise.reject(error);
  });
}

function isTemporary(path: unknown): boolean {
  if (typeof path === "number") return true;
  return resolve(path instanceof URL ? fileURLToPath(path) : String(path)).startsWith(join(tmpdir(), sep));
}
