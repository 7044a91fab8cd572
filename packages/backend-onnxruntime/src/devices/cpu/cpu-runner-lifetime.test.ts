import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const fixture = fileURLToPath(new URL("./fixtures/run-in-flight.ts", import.meta.url));

/** Runs a program that starts long runs and then ends in some way while they are in flight. */
function runProgram(ending: string): {
  readonly status: number | null;
  readonly signal: string | null;
  readonly output: string;
} {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", fixture, ending], {
    encoding: "utf8",
    timeout: 20_000,
    cwd: fileURLToPath(new URL("../../../../..", import.meta.url)),
  });
  return { status, signal, output: stdout + stderr };
}

describe("a process that ends while a run is in flight", () => {
  it("ends by process.exit with the code that was asked for", () => {
    expect(runProgram("exit")).toMatchObject({ status: 7, signal: null });
  });

  it("ends by an exception that nobody catches", () => {
    const result = runProgram("throw");
    expect(result).toMatchObject({ status: 1, signal: null });
    expect(result.output).toContain("thrown with a run in flight");
  });

  it("ends by itself when nothing waits for the run", () => {
    expect(runProgram("return")).toMatchObject({ status: 0, signal: null });
  });

  it("stays alive until a run that is awaited has ended", () => {
    const result = runProgram("wait");
    expect(result).toMatchObject({ status: 0, signal: null });
    expect(result.output).toContain("the run has ended: 512");
  });

  it("ends when a runner was closed", () => {
    const result = runProgram("close");
    expect(result).toMatchObject({ status: 0, signal: null });
    expect(result.output).toContain("closed");
  });

  it("ends by SIGINT without a crash", () => {
    expect(runProgram("interrupt")).toMatchObject({ signal: "SIGINT" });
  });
});
