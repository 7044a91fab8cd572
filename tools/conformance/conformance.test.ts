import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { EXCEPTIONS } from "./exceptions.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));

it("every tenth test of tfjs-core's own suite passes on the engine", { timeout: 120_000 }, async () => {
  const { stdout } = await run(
    process.execPath,
    ["--conditions=lightning-ts-source", "--import", "tsx", "tools/conformance/run-suite.ts", "--sample=10"],
    { cwd: root },
  );
  const [, passed = 0] = (/(\d+) passed, 0 failed, \d+ skipped\s*$/.exec(stdout) ?? []).map(Number);
  expect(passed, stdout.slice(-2000)).toBeGreaterThan(400);
});

it("has few exceptions, each with a reason", () => {
  expect(EXCEPTIONS.length).toBeLessThan(20);
  expect(EXCEPTIONS.every(({ reason }) => reason.length > 40)).toBe(true);
});
