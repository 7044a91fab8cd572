import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SafetensorsCheckpointStore } from "lightning-ts/fabric";
import { nodeFiles } from "lightning-ts/fabric/node";
import { describe, expect, it } from "vitest";
import { bundleScript } from "../runs/bundle-script.js";
import { IS_FULL, TIMEOUT_MS } from "../runs/options.js";
import type { KillOrders } from "./child.js";
import { savings } from "./saving.js";

/** The short form kills a few processes; every operation is looked at in memory. */
const SAMPLE = 3;

interface End {
  readonly signal: string | null;
  readonly output: string;
}

async function run(orders: KillOrders): Promise<End> {
  const script = await bundleScript("../sudden-ends/child.ts");
  const child = spawn(process.execPath, [script, JSON.stringify(orders)], { env: { ...process.env, CI: "1" } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (output += bytes.toString()));
  return new Promise((resolve) => child.on("close", (_, signal) => resolve({ signal, output })));
}

const resultOf = ({ output }: End): { weight: number[]; operations: number } =>
  JSON.parse(output.trim().split("\n").at(-1) ?? "");

/** Locks of a process that died before it had said who it is go when they are old. */
const withoutEmptyLocks = (names: readonly string[]) => names.filter((name) => !/^\.lightning-.*\.lock$/.test(name));

describe("a process that kills itself before an operation on files", () => {
  const chosen = IS_FULL ? savings : savings.filter(({ saveLast, isAsync }) => saveLast === "link" && isAsync);
  it.each(chosen)("goes on as if it had not: $name", { timeout: TIMEOUT_MS }, async ({ name, ...saving }) => {
    const root = await mkdtemp(join(tmpdir(), "kills-"));
    const store = new SafetensorsCheckpointStore(nodeFiles());
    const whole = await run({ ...saving, folder: join(root, "whole"), killAt: -1 });
    const { weight, operations } = resultOf(whole);
    const expected = (await readdir(join(root, "whole"))).sort();
    const step = IS_FULL ? 1 : Math.ceil(operations / SAMPLE);
    let kills = 0;
    for (let killAt = IS_FULL ? 0 : step - 1; killAt < operations; killAt += step) {
      const folder = join(root, "killed");
      const why = `${name}, before operation ${killAt} of ${operations}`;
      expect((await run({ ...saving, folder, killAt })).signal, why).toBe("SIGKILL");
      const found = await readdir(folder).catch((): string[] => []);
      for (const file of found.filter((entry) => entry.endsWith(".ckpt"))) await store.load(join(folder, file));
      const end = await run({ ...saving, folder, killAt: -1 });
      expect(resultOf(end).weight, why).toEqual(weight);
      const left = withoutEmptyLocks(await readdir(folder)).sort();
      if (found.includes("last.ckpt")) expect(left, why).toEqual(expected);
      else expect(left, why).toEqual(expect.arrayContaining(expected));
      await rm(folder, { recursive: true });
      kills += 1;
    }
    if (IS_FULL) console.log(`${name}: ${kills} processes killed, one before each operation, all resumed to the bit`);
    await rm(root, { recursive: true });
  });
});
