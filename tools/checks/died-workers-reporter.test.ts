import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "./run-command.js";

const REPORTER = fileURLToPath(new URL("./died-workers-reporter.ts", import.meta.url));
const VITEST = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const CONFIG = 'export default { test: { pool: "forks", globals: true, watch: false } };';
const PASSES = 'it("passes", () => new Promise((resolve) => setTimeout(resolve, 300)));';
/** Leaves a file beside a test file whose first result has reached vitest. */
const TELLS = `import { writeFileSync } from "node:fs";
  export default class {
    onTestCaseResult(test) {
      if (test.name === "passes before") writeFileSync(test.module.moduleId + ".told", "");
    }
  }`;
/** Vitest sends results at most ten times a second, and the last one at times only with the next news: a hook's end. */
const dies = (statement: string) => `
  beforeEach(() => new Promise((resolve) => setTimeout(resolve, 250)));
  it("passes before", () => {});
  it("dies", async () => {
    const { existsSync, writeSync } = require("node:fs");
    while (!existsSync(__filename + ".told")) await new Promise((resolve) => setTimeout(resolve, 20));
    writeSync(2, "the last words");
    ${statement}
    await new Promise(() => {});
  }, 60_000);
  it("would pass after", () => {});`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lightning-ts-died-"));
  writeFileSync(join(folder, "vitest.config.mjs"), CONFIG);
  writeFileSync(join(folder, "tells.mjs"), TELLS);
  writeFileSync(join(folder, "good.test.js"), PASSES);
  writeFileSync(join(folder, "killed.test.js"), dies('process.kill(process.pid, "SIGKILL");'));
  writeFileSync(join(folder, "left.test.js"), dies("process.reallyExit(7);"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function runTests(...files: string[]) {
  const options = [
    "--root",
    folder,
    `--reporter=${REPORTER}`,
    `--reporter=${join(folder, "tells.mjs")}`,
    "--maxWorkers=2",
  ];
  return runCommand(process.execPath, [VITEST, "run", ...options, ...files], { cwd: folder });
}

it("names the files and the tests during which workers died, what ended them and what they said", async () => {
  const { exitCode, output } = await runTests();
  expect(exitCode).toBe(1);
  const reasons = process.platform === "win32" ? ["exit code 1", "exit code 7"] : ["SIGKILL", "exit code 7"];
  for (const [index, file] of ["killed.test.js", "left.test.js"].entries()) {
    expect(output).toContain(`${file} began and never ended; without a result: dies; would pass after`);
    expect(output).toMatch(new RegExp(`died of ${reasons[index]} during [^\\n]*${file}`, "u"));
  }
  expect(output.match(/Its last words:\nthe last words/gu)).toHaveLength(2);
  expect(output).not.toContain("good.test.js began");
});

it("says nothing where all is well", async () => {
  expect(await runTests("good")).toEqual({ exitCode: 0, output: "" });
});
