import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { useSoftwareGpu } from "../testing/software-gpu.js";

const fixture = fileURLToPath(new URL("./fixtures/run-in-flight.ts", import.meta.url));

/** Runs a program that starts long runs and then ends in some way while they are in flight. */
function runProgram(
  device: string,
  ending: string,
): { readonly status: number | null; readonly signal: string | null; readonly output: string } {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", fixture, device, ending], {
    encoding: "utf8",
    timeout: 60_000,
    cwd: fileURLToPath(new URL("../../../..", import.meta.url)),
  });
  return { status, signal, output: stdout + stderr };
}

const DEVICES = useSoftwareGpu() ? ["cpu", "webgpu"] : ["cpu"];

describe.each(DEVICES)("a process that ends while a run is in flight on %s", { timeout: 90_000 }, (device) => {
  it("ends by process.exit with the code that was asked for", () => {
    expect(runProgram(device, "exit")).toMatchObject({ status: 7, signal: null });
  });

  it("ends by an exception that nobody catches", () => {
    const result = runProgram(device, "throw");
    expect(result).toMatchObject({ status: 1, signal: null });
    expect(result.output).toContain("thrown with a run in flight");
  });

  it("ends by itself when nothing waits for the run", () => {
    expect(runProgram(device, "return")).toMatchObject({ status: 0, signal: null });
  });

  it("stays alive until a run that is awaited has ended", () => {
    const result = runProgram(device, "wait");
    expect(result).toMatchObject({ status: 0, signal: null });
    expect(result.output).toContain("the run has ended: 1");
  });

  it("ends when a runner was closed", () => {
    const result = runProgram(device, "close");
    expect(result).toMatchObject({ status: 0, signal: null });
    expect(result.output).toContain("closed");
  });

  it("ends by SIGINT without a crash", () => {
    expect(runProgram(device, "interrupt")).toMatchObject({ signal: "SIGINT" });
  });
});
