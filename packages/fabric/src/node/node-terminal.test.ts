import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeTerminal } from "./node-terminal.js";

afterEach(() => {
  vi.unstubAllEnvs();
  Reflect.deleteProperty(process.stdout, "isTTY");
});

describe("nodeTerminal", () => {
  it("draws only where a person looks at a screen that can do it", () => {
    Object.defineProperty(process.stdout, "isTTY", { value: true, configurable: true });
    vi.stubEnv("CI", undefined);
    vi.stubEnv("TERM", "xterm-256color");
    expect(nodeTerminal().isInteractive).toBe(true);
    vi.stubEnv("TERM", "dumb");
    expect(nodeTerminal().isInteractive).toBe(false);
    vi.stubEnv("TERM", "xterm");
    vi.stubEnv("CI", "true");
    expect(nodeTerminal().isInteractive).toBe(false);
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
