import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const SUPERVISOR = fileURLToPath(new URL("./fixtures/run-launcher.ts", import.meta.url));
const TIMEOUT_MS = 60_000;
/** Ends as Hydra does: well, whatever has stopped it. */
const LIKE_HYDRA = `trap 'exit 0' TERM INT HUP; echo "pid $$"; while :; do sleep 0.05; done`;

const started: ChildProcess[] = [];
const launchers: number[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  for (const launcher of launchers.splice(0)) if (isAlive(launcher)) process.kill(launcher, "SIGKILL");
});

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false; // There is no such process any more.
  }
}

/** @returns the supervisor, and the number of the launcher that it has started */
async function superviseLauncher(script: string): Promise<{ supervisor: ChildProcess; launcher: number }> {
  const args = ["--conditions=lightning-ts-source", "--import", "tsx", SUPERVISOR, "sh", "-c", script];
  const supervisor = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  started.push(supervisor);
  const launcher = await new Promise<number>((resolve) => {
    let text = "";
    supervisor.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /pid (\d+)\n/.exec(text)?.[1];
      if (found !== undefined && text.includes("ready\n")) resolve(Number(found));
    });
  });
  launchers.push(launcher);
  return { supervisor, launcher };
}

describe.skipIf(process.platform === "win32")("runLauncherProcess", { timeout: TIMEOUT_MS }, () => {
  it.each([
    ["SIGTERM", LIKE_HYDRA, 143],
    ["SIGINT", LIKE_HYDRA, 130],
    ["SIGTERM", LIKE_HYDRA.replace("exit 0", "exit 15"), 143],
    ["SIGUSR1", LIKE_HYDRA.replace("exit 0' TERM", "exit 7' USR1"), 7],
  ] as const)("gives what %s has ended the signal's code, and others the launcher's", async (signal, script, code) => {
    const { supervisor } = await superviseLauncher(script);
    supervisor.kill(signal);
    expect(await once(supervisor, "exit")).toEqual([code, null]);
  });

  it("keeps the code of a launcher that ends by itself", async () => {
    const { supervisor } = await superviseLauncher(`echo "pid $$"; sleep 1; exit 9`);
    expect(await once(supervisor, "exit")).toEqual([9, null]);
  });

  it.skipIf(process.platform !== "linux")("asks the launcher to end when the supervisor is killed", async () => {
    const { supervisor, launcher } = await superviseLauncher(LIKE_HYDRA);
    expect(isAlive(launcher)).toBe(true);
    supervisor.kill("SIGKILL");
    await once(supervisor, "exit");
    for (const until = Date.now() + TIMEOUT_MS / 2; isAlive(launcher) && Date.now() < until;) await sleep(20);
    expect(isAlive(launcher)).toBe(false);
  });
});
