import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SafetensorsCheckpointStore } from "lightning-ts/fabric";
import { nodeFiles } from "lightning-ts/fabric/node";
import { expect, it } from "vitest";
import { bundleScript } from "../runs/bundle-script.js";
import { IS_FULL, TIMEOUT_MS } from "../runs/options.js";
import { draws } from "../runs/draws.js";

const TIMES = IS_FULL ? 100 : 4;
/** From preparing data through several epochs with their validation. */
const MOST_MS = 900;
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

async function runUntil(signal: keyof typeof CODES, afterMs: number, folder: string) {
  const script = await bundleScript("../signals/child.ts");
  const child = spawn(process.execPath, [script, folder], { env: { ...process.env, CI: "1" } });
  let output = "";
  child.stderr.on("data", (bytes: Buffer) => (output += bytes.toString()));
  child.stdout.on("data", (bytes: Buffer) => {
    const wasReady = output.includes("ready");
    output += bytes.toString();
    if (!wasReady && output.includes("ready")) setTimeout(() => child.kill(signal), afterMs);
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}

it(`signals at ${TIMES} times end a run in order, with their exit codes`, { timeout: TIMEOUT_MS }, async () => {
  const random = draws(29);
  const store = new SafetensorsCheckpointStore(nodeFiles());
  const stages: Record<string, number> = {};
  for (let time = 0; time < TIMES; time += 1) {
    const folder = await mkdtemp(join(tmpdir(), "signals-"));
    const signal = time % 2 === 0 ? "SIGINT" : "SIGTERM";
    const afterMs = (random.next().value ?? 0) * MOST_MS;
    const { code, output } = await runUntil(signal, afterMs, folder);
    const why = `${signal} after ${afterMs.toFixed(0)} ms: ${output}`;
    expect(code, why).toBe(CODES[signal]);
    expect(output.match(/The run was interrupted .*/g), why).toHaveLength(1);
    const { status, reason, steps } = JSON.parse(output.trim().split("\n").at(-1) ?? "");
    expect([status, reason], why).toEqual(["interrupted", signal === "SIGINT" ? "Ctrl-C" : signal]);
    const names = await readdir(folder);
    expect(
      names.filter((name) => name.startsWith(".lightning-")),
      why,
    ).toEqual([]);
    expect(names.includes("on_exception.ckpt"), why).toBe(steps > 0);
    for (const name of names.filter((entry) => entry.endsWith(".ckpt"))) {
      const { global_step: step } = await store.load(join(folder, name));
      if (name === "on_exception.ckpt") expect(step, why).toBe(steps);
    }
    const stage = steps === 0 ? "before the first step" : `in epoch ${Math.floor(steps / 8)}`;
    stages[stage] = (stages[stage] ?? 0) + 1;
    await rm(folder, { recursive: true });
  }
  if (IS_FULL) console.log(`${TIMES} signals, all with their exit codes: ${JSON.stringify(stages)}`);
});
