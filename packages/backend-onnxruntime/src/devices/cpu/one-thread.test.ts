import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const fixture = fileURLToPath(new URL("./fixtures/one-thread.ts", import.meta.url));
/** Starting takes seconds where one CPU is shared with everything else. */
const TIMEOUT_MS = 90_000;
const root = fileURLToPath(new URL("../../../../..", import.meta.url));

function run(
  command: string,
  ...args: string[]
): { readonly status: number | null; readonly signal: string | null; readonly output: string } {
  const { status, signal, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    cwd: root,
  });
  return { status, signal, output: stdout + stderr };
}

const PRODUCTS = { status: 0, signal: null, output: "0.001667 0.001667\n" };

describe("an engine with one thread", { timeout: 2 * TIMEOUT_MS }, () => {
  it("computes, collects and closes", () => {
    expect(run(process.execPath, "--import", "tsx", fixture, "1")).toEqual(PRODUCTS);
  });

  it.runIf(process.platform === "linux")("is what a machine with one CPU gets, and works there too", () => {
    expect(run("taskset", "-c", "0", process.execPath, "--import", "tsx", fixture)).toEqual(PRODUCTS);
  });
});
