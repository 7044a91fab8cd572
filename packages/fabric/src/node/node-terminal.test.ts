import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeTerminal } from "./node-terminal.js";

afterEach(() => {
  vi.unstubAllEnvs();
  Reflect.deleteProperty(process.stdout, "isTTY");
  Reflect.deleteProperty(process.stdout, "columns");
});

describe("nodeTerminal", () => {
  it("draws only where a person looks at a screen that can do it", () => {
    Object.defineProperty(process.stdout, "isTTY", { value: true, configurable: true });
    vi.stubEnv("CI", undefined);
    vi.stubEnv("TERM", "xterm-256color");
    Object.defineProperty(process.stdout, "columns", { value: 100, configurable: true });
    expect(nodeTerminal().isInteractive).toBe(true);
    vi.stubEnv("TERM", "dumb");
    expect(nodeTerminal().isInteractive).toBe(false);
    vi.stubEnv("TERM", "xterm");
    vi.stubEnv("CI", "true");
    expect(nodeTerminal().isInteractive).toBe(false);
  });

  it("writes lines to a terminal without a size, as mpirun gives it to its processes", () => {
    Object.defineProperty(process.stdout, "isTTY", { value: true, configurable: true });
    Object.defineProperty(process.stdout, "columns", { value: 0, configurable: true });
    vi.stubEnv("CI", undefined);
    vi.stubEnv("TERM", "xterm");
    expect([nodeTerminal().isInteractive, nodeTerminal().columns]).toEqual([false, 80]);
  });

  it("has colours as NO_COLOR and FORCE_COLOR say", () => {
    vi.stubEnv("NO_COLOR", undefined);
    vi.stubEnv("FORCE_COLOR", "1");
    expect(nodeTerminal().hasColors).toBe(true);
    vi.stubEnv("FORCE_COLOR", "0");
    expect(nodeTerminal().hasColors).toBe(false);
    vi.stubEnv("FORCE_COLOR", "1");
    vi.stubEnv("NO_COLOR", "1");
    expect(nodeTerminal().hasColors).toBe(false);
  });

  it("has as many colours as FORCE_COLOR says", () => {
    for (const [level, depth] of [
      ["1", 4],
      ["2", 8],
      ["3", 24],
    ] as const) {
      vi.stubEnv("FORCE_COLOR", level);
      expect(nodeTerminal().colorDepth).toBe(depth);
    }
    vi.stubEnv("FORCE_COLOR", undefined);
    if (!process.stdout.isTTY) expect(nodeTerminal().colorDepth).toBeUndefined();
  });

  it("asks the terminal itself how wide it is", () => {
    Object.defineProperty(process.stdout, "isTTY", { value: true, configurable: true });
    const refresh = (): void =>
      void Object.defineProperty(process.stdout, "columns", { value: 33, configurable: true });
    Object.defineProperty(process.stdout, "_refreshSize", { value: refresh, configurable: true });
    try {
      expect(nodeTerminal().columns).toBe(33);
      Reflect.deleteProperty(process.stdout, "columns");
      Object.defineProperty(process.stdout, "isTTY", { value: false, configurable: true });
      expect(nodeTerminal().columns).not.toBe(33);
    } finally {
      Reflect.deleteProperty(process.stdout, "columns");
      Reflect.deleteProperty(process.stdout, "_refreshSize");
    }
  });

  it.each(["write", "warn"] as const)("goes on without %s when nobody reads any more", async (method) => {
    const script = fileURLToPath(new URL("./fixtures/writes-for-long.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", script, method], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    const stream = method === "write" ? child.stdout : child.stderr;
    let last: unknown;
    child.on("message", (message) => (last = message));
    await once(stream ?? child, "data");
    stream?.destroy();
    const [code]: unknown[] = await once(child, "exit");
    expect([code, last]).toEqual([0, "done"]);
  });
});
