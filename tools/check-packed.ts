/** Packs every published package and checks the tarballs as npm's users will get them, and as their bundlers do. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleProblems } from "./checks/bundle-check.js";
import { runCommand } from "./checks/run-command.js";
import { runPnpm } from "./checks/pnpm-command.js";

const folder = mkdtempSync(join(tmpdir(), "lightning-ts-packed-"));
const problems: string[] = [];

async function expectSuccess(what: string, command: string, args: readonly string[]): Promise<string> {
  const { exitCode, output } = await runCommand(command, args);
  if (exitCode !== 0) problems.push(`${what}\n${output}`);
  return output;
}

async function checkTarball(tarball: string): Promise<void> {
  const manifest = await expectSuccess(`${tarball}: unpack`, "tar", ["-xOf", tarball, "package/package.json"]);
  if (/"lightning-ts-source"/.test(manifest))
    problems.push(`${tarball} still has the export condition lightning-ts-source`);
  if (/"(workspace|catalog):/.test(manifest)) problems.push(`${tarball} depends on a workspace: or catalog: version`);
  const files = await expectSuccess(`${tarball}: list`, "tar", ["-tf", tarball]);
  const scripts = files.split("\n").filter((name) => name.endsWith(".js"));
  if (scripts.length > 0)
    checkCharacters(tarball, await expectSuccess(`${tarball}: unpack`, "tar", ["-xOf", tarball, ...scripts]));
  await expectSuccess(`${tarball}: publint`, "publint", ["run", tarball, "--strict"]);
  await expectSuccess(`${tarball}: attw`, "attw", [
    tarball,
    "--profile",
    "esm-only",
    "--no-definitely-typed",
    "--no-emoji",
    "--no-color",
  ]);
}

/**
 * V8 keeps a module with a single character beyond Latin-1 in two bytes for each, a comment's included: 5 MiB of peak
 * memory for `core`.
 */
function checkCharacters(tarball: string, script: string): void {
  const line = script.split("\n").find((text) => Buffer.from(text, "latin1").toString("latin1") !== text);
  if (line !== undefined)
    problems.push(`${tarball}: a script has a character beyond Latin-1. Write it in ASCII: ${line.trim()}`);
}

try {
  const packed = await runPnpm([
    "--recursive",
    "--filter",
    "./packages/*",
    "--filter",
    "!@lightning-ts/testing",
    "pack",
    "--pack-destination",
    folder,
  ]);
  if (packed.exitCode !== 0) problems.push(packed.output);
  const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  await Promise.all(tarballs.map((name) => checkTarball(join(folder, name))));
  problems.push(...(await bundleProblems()));
  for (const problem of problems) console.log(problem);
  console.log(`${tarballs.length} tarballs, ${problems.length} problems`);
  process.exitCode = problems.length === 0 && tarballs.length > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
