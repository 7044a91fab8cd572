import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { bundleWorkers, type BundledModules } from "./bundle-workers.js";

interface Run {
  /** By epoch and batch. */
  readonly losses: ReadonlyMap<string, string>;
  readonly isDone: boolean;
}

/** @param killAt the step, by epoch and batch, at whose line the process is killed */
async function train(modules: BundledModules, folder: string, numWorkers: number, killAt?: string): Promise<Run> {
  const orders = JSON.stringify({ ...modules, folder, numWorkers: String(numWorkers) });
  const child = spawn(process.execPath, [fileURLToPath(modules.train), orders], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
    if (killAt !== undefined && output.includes(`loss ${killAt} `)) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.on("close", resolve));
  const lines = output.split("\n").map((line) => line.split(" "));
  const losses = lines.filter(([word, , loss]) => word === "loss" && loss !== undefined);
  return { losses: new Map(losses.map(([, at = "", loss = ""]) => [at, loss])), isDone: output.includes("done") };
}

it(
  "a run with workers that is killed goes on with the same losses, also with more workers",
  { timeout: 240_000 },
  async () => {
    const modules = await bundleWorkers();
    const root = mkdtempSync(join(tmpdir(), "killed-workers-"));
    const whole = await train(modules, join(root, "whole"), 2);
    expect(whole.losses.size).toBe(30);
    const folder = join(root, "killed");
    const losses = new Map<string, string>();
    for (const [killAt, numWorkers] of [
      ["0.6", 2],
      ["1.3", 2],
      [undefined, 3],
    ] as const) {
      const run = await train(modules, folder, numWorkers, killAt);
      expect(run.isDone).toBe(killAt === undefined);
      for (const [at, loss] of run.losses) losses.set(at, loss);
    }
    expect(losses).toEqual(whole.losses);
  },
);
