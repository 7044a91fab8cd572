/**
 * Installs the packed engine and core into empty projects in every way that users do, and runs first programs there;
 * in one of them everything.
 * Needs the built packages and a package registry. Run: pnpm build && pnpm test:install
 */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPnpm } from "../../../tools/checks/pnpm-command.js";
import { runCommand } from "../../../tools/checks/run-command.js";
import { INSTALLATIONS, type Installation } from "./installations.js";

// npm hands its settings on to what it starts, and pnpm's commands the folder of this workspace's packages: users' shells have neither.
for (const name of Object.keys(process.env)) if (/^npm_/i.test(name) || name === "NODE_PATH") delete process.env[name];

/** What the programs say where the library is, and where it is not: tfjs and core both go on with another backend. */
const WORKING = ['{"ok":true,"value":20,"message":""}', '{"backend":"onnxruntime","reasons":[]}', ...firstOps("onnxruntime")];
const WHOLE = ['{"modules":"umbrella","doubled":[2,4],"backend":"onnxruntime","shape":[1,1],"Trainer":"function"}'];
const COMMAND = "npm install onnxruntime-node --ignore-scripts";
const EXPLAINED = ["is not installed. Try: " + COMMAND, '{"ok":false,"value":20', '{"backend":"wasm","reasons":["onnxruntime: The package onnxruntime-node', `(${COMMAND}`, ...firstOps("cpu")];
const PROGRAMS = ["use-engine.mjs", "use-core.mjs", "first-op.mjs", "first-op.cjs"];
const PROGRAMS_OF_WHOLE = ["first-op-umbrella.mjs"];
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
  const names = ["@lightning-ts/backend-onnxruntime", "@lightning-ts/core", "@lightning-ts/fabric", "@lightning-ts/pytorch", "lightning-ts"];
  const filters = names.flatMap((name) => ["--filter", name]);
  const { exitCode, output } = await runPnpm([...filters, "pack", "--pack-destination", folder]);
  if (exitCode !== 0) throw new Error(output);
  return readdirSync(folder).filter((name) => name.endsWith(".tgz")).map((name) => join(folder, name));
}

/** Says what went wrong, if anything. */
async function check(installation: Installation, project: string, tarballs: readonly string[]): Promise<string | undefined> {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "empty-project", "private": true, "type": "module" }\n');
  const programs = installation.isWhole === true ? PROGRAMS_OF_WHOLE : PROGRAMS;
  for (const program of programs) copyFileSync(join("tests/platform/install", program), join(project, program));
  const chosen = installation.isWhole === true ? tarballs : tarballs.filter((path) => SMALL.test(path));
  const installed = await installation.install(project, chosen);
  if (installed.exitCode !== 0) return installed.output;
  let output = "";
  for (const program of programs) output += (await runCommand(process.execPath, [program], { cwd: project })).output;
  const expected = installation.isWhole === true ? WHOLE : installation.hasLibrary ? WORKING : EXPLAINED;
  const missing = expected.filter((words) => !output.includes(words));
  if (output.includes("Warning:")) missing.push("an output without warnings of Node's");
  return missing.length === 0 ? undefined : `Missing in the output: ${missing.join(", ")}\n${output}`;
}
