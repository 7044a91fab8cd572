/**
 * Imports each entry of the built packages under Node's permission model: it may read the packages and what they
 * depend on, and nothing else; it opens no connection, starts no process, no thread and no native code, and leaves
 * nothing running. Libraries that few programs call are not loaded, and TensorFlow.js is required, not imported.
 */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "./checks/run-command.js";

interface Target {
  readonly node?: string;
  readonly default: string;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, Target | string>> };
}

/** What an import has left behind. */
interface Seen {
  readonly names: number;
  readonly left: readonly string[];
  readonly listeners: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly file: string;
}

/** Entries that are there to do something when they are imported. */
const DO_SOMETHING = ["./cli", "./data-worker", "./rank", "./run-module", "./register", "./package.json"];
/** Libraries that whoever imports a package would wait for. They are loaded by their first use. */
const BY_FIRST_USE = /^(?:import|\} from) .*"(?:yaml|fast-png)";$/m;
/** Node takes three times as long to import these (`tools/build/require-in-node.ts`). */
const BY_REQUIRE = /(?:import|from|import\()\s*"@tensorflow\/tfjs-(?:core|backend-cpu)"/;
const ROOT = realpathSync(fileURLToPath(new URL("..", import.meta.url)));
const GUARD = join(ROOT, "tools/imports/import-guarded.mjs");
const PERMISSION = Number(process.versions.node.split(".")[0]) >= 24 ? "--permission" : "--experimental-permission";

function entriesOf(folder: string): Entry[] {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (manifest.private === true) return [];
  return Object.entries(manifest.publishConfig?.exports ?? {})
    .filter(([path]) => !DO_SOMETHING.includes(path))
    .map(([path, target]) => ({ name: join(manifest.name, path), file: join(folder, fileFor(target)) }));
}

/** Built files that make whoever imports them wait for such a library. */
function waitingFiles(folder: string, imports: RegExp): string[] {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) return [];
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  return files.map((name) => join(dist, name)).filter((path) => imports.test(readFileSync(path, "utf8")));
}

/** The file that Node takes. */
function fileFor(target: Target | string): string {
  return typeof target === "string" ? target : (target.node ?? target.default);
}

async function check({ name, file }: Entry, readable: readonly string[]): Promise<string | undefined> {
  const allowed = [GUARD, ...readable].map((path) => `--allow-fs-read=${path}`);
  const { exitCode, output } = await runCommand("node", [PERMISSION, "--no-warnings", ...allowed, GUARD, file]);
  if (exitCode !== 0) return `${name}\n${output}`;
  const seen: Seen = JSON.parse(output.trim().split("\n").at(-1) ?? "");
  const isIdle = seen.names > 0 && seen.left.length === 0 && seen.listeners.length === 0;
  return isIdle ? undefined : `${name} leaves something running, or exports nothing: ${output.trim()}`;
}

const folders = readdirSync(join(ROOT, "packages")).map((name) => join(ROOT, "packages", name));
const parts = folders.flatMap((folder) => ["dist", "package.json", "node_modules"].map((name) => join(folder, name)));
const readable = [...parts, join(ROOT, "node_modules")];
const problems: string[] = [];
let count = 0;
for (const entry of folders.flatMap(entriesOf)) {
  count += 1;
  const problem = await check(entry, readable);
  if (problem !== undefined) problems.push(problem);
}
const bad = { name: "tools/imports", file: join(ROOT, "tools/imports/reads-outside.mjs") };
if ((await check(bad, [...readable, bad.file]))?.includes("ERR_ACCESS_DENIED") !== true)
  problems.push("A module that reads a file outside of the packages was not noticed.");
for (const path of folders.flatMap((folder) => waitingFiles(folder, BY_FIRST_USE)))
  problems.push(`${path} imports a library that is to be loaded by its first use (${String(BY_FIRST_USE)}).`);
for (const path of folders.flatMap((folder) => waitingFiles(folder, BY_REQUIRE)))
  problems.push(`${path} imports a package that is to be required in Node (${String(BY_REQUIRE)}).`);
for (const problem of problems) console.log(problem);
console.log(`${count} entries imported, ${problems.length} problems`);
process.exitCode = problems.length === 0 && count > 0 ? 0 : 1;
