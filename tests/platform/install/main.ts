/**
 * Installs the packed engine and core into empty projects in every way that users do, and runs first programs there;
 * in one of them everything.
 * Needs the built packages and a package registry. Run: pnpm build && pnpm test:install
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPnpm } from "../../../tools/checks/pnpm-command.js";
import { type CommandResult, runCommand } from "../../../tools/checks/run-command.js";
import { INSTALLATIONS, type Installation } from "./installations.js";

// npm hands its settings on to what it starts, and pnpm's commands the folder of this workspace's packages: users'
// shells have neither.
for (const name of Object.keys(process.env)) if (/^npm_/i.test(name) || name === "NODE_PATH") delete process.env[name];

/** What the programs say where the library is, and where it is not: tfjs and core both go on with another backend. */
const WORKING = [
  '{"ok":true,"value":20,"message":""}',
  '{"backend":"onnxruntime","reasons":[]}',
  ...firstOps("onnxruntime"),
];
const WHOLE = [
  '{"modules":"umbrella","doubled":[2,4],"backend":"onnxruntime","shape":[1,1],"Trainer":"function","misnamed":[]}',
  '{"training":"finished","backend":"onnxruntime","improved":true}',
];
const COMMAND = "npm install onnxruntime-node --ignore-scripts";
const EXPLAINED = [
  "is not installed. Try: " + COMMAND,
  '{"ok":false,"value":20',
  '{"backend":"wasm","reasons":["onnxruntime: The package onnxruntime-node',
  `(${COMMAND}`,
  ...firstOps("cpu"),
];
const PROGRAMS = ["use-engine.mjs", "use-core.mjs", "first-op.mjs", "first-op.cjs"];
const PROGRAMS_OF_WHOLE = ["first-op-umbrella.mjs", "train.mjs"];
const SMALL = /backend-onnxruntime-|-core-/;
const folder = mkdtempSync(join(tmpdir(), "lightning-ts-install-"));
let failures = 0;

try {
  const tarballs = await pack();
  for (const [index, installation] of INSTALLATIONS.entries()) {
    const problem = await check(installation, join(folder, `project-${index}`), tarballs);
    console.log(problem === undefined ? `✓ ${installation.name}` : `✗ ${installation.name}\n${problem}`);
    if (problem !== undefined) failures += 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${INSTALLATIONS.length - failures} installations work, ${failures} do not`);
process.exitCode = failures === 0 ? 0 : 1;

/** What the programs say whose first line is an op, without a word of warning. */
function firstOps(backend: string): readonly string[] {
  return ["esm", "cjs"].map((modules) => `{"modules":"${modules}","doubled":[2,4],"backend":"${backend}"}`);
}

async function pack(): Promise<readonly string[]> {
  const names = [
    "@lightning-ts/backend-onnxruntime",
    "@lightning-ts/core",
    "@lightning-ts/fabric",
    "@lightning-ts/metrics",
    "@lightning-ts/torch-files",
    "@lightning-ts/pytorch",
    "@lightning-ts/vision",
    "@lightning-ts/data",
    "lightning-ts",
  ];
  const filters = names.flatMap((name) => ["--filter", name]);
  const { exitCode, output } = await runPnpm([...filters, "pack", "--pack-destination", folder]);
  if (exitCode !== 0) throw new Error(output);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".tgz"))
    .map((name) => join(folder, name));
}

/** Says what went wrong, if anything. */
async function check(
  installation: Installation,
  project: string,
  tarballs: readonly string[],
): Promise<string | undefined> {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "empty-project", "private": true, "type": "module" }\n');
  const programs = installation.isWhole === true ? PROGRAMS_OF_WHOLE : PROGRAMS;
  for (const program of programs) copyFileSync(join("tests/platform/install", program), join(project, program));
  const chosen = installation.isWhole === true ? tarballs : tarballs.filter((path) => SMALL.test(path));
  const installed = await installation.install(project, chosen);
  if (installed.exitCode !== 0) return installed.output;
  const expected = installation.isWhole === true ? WHOLE : installation.hasLibrary ? WORKING : EXPLAINED;
  const runtimes = installation.isWhole === true ? [process.execPath, ...otherRuntimes(project)] : [process.execPath];
  const problems: string[] = [];
  for (const runtime of runtimes) problems.push(...(await problemsOf(runtime, programs, project, expected)));
  return problems.length === 0 ? undefined : problems.join("\n");
}

/** Deno and Bun, as their packages bring them for this machine. */
function otherRuntimes(project: string): readonly string[] {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const inScope = (scope: string, file: string) => {
    const folder = join(project, "node_modules", scope);
    return readdirSync(folder).map((name) => join(folder, name, `${file}${suffix}`));
  };
  const found = [...inScope("@deno", "deno"), ...inScope("@oven", "bin/bun")].filter((path) => existsSync(path));
  if (found.length < 2) throw new Error(`Deno and Bun have not been installed: ${found.join(", ")}`);
  return found;
}

async function problemsOf(
  runtime: string,
  programs: readonly string[],
  project: string,
  expected: readonly string[],
): Promise<readonly string[]> {
  const isDeno = /deno(\.exe)?$/.test(runtime);
  const results: CommandResult[] = [];
  for (const program of programs)
    results.push(await runCommand(runtime, isDeno ? ["run", "-A", program] : [program], { cwd: project }));
  const output = results.map((result) => result.output).join("");
  const problems = expected
    .filter((words) => !output.includes(words))
    .map((words) => `missing in the output of ${runtime}: ${words}`);
  if (output.includes("Warning:")) problems.push(`${runtime} warns`);
  const codes = results.map(({ exitCode }) => exitCode);
  if (codes.some((code) => code !== 0)) problems.push(`${runtime} ended with ${codes.join(", ")}`);
  return problems.length === 0 ? [] : [...problems, output];
}
