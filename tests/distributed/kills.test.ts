import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SafetensorsCheckpointStore } from "lightning-ts/fabric";
import { nodeFiles } from "lightning-ts/fabric/node";
import { afterAll, describe, expect, it } from "vitest";
import type { KillOrders, KillResult } from "./kills.js";
import { IS_FULL, startRanks, TIMEOUT_MS } from "./start-ranks.js";

/** How long after the beginning of a phase a rank is killed at most. Each is about as long as the phase. */
const PHASES = [
  ["forward", 4],
  ["reduce", 30],
  ["save", 30],
  ["barrier", 15],
  ["exit", 15],
] as const satisfies readonly (readonly [KillOrders["phase"], number])[];

/** How many kills there are in each phase, and the seed that says which rank is killed, and when. */
const EACH = IS_FULL ? 20 : 1;
const SEED = Number(process.env["SEED"] ?? 1);
/** What the kernel may take to end a process on a machine that is busy. */
const GONE_MS = 2000;

const draw = (seed: number, salt: number, below: number): number =>
  Math.abs(Math.sin(seed * 12.9898 + salt * 78.233) * 43_758.5453) % below;

const CASES = PHASES.flatMap(([phase, longestMs], phaseIndex) =>
  Array.from({ length: EACH }, (_, index) => {
    const seed = SEED + phaseIndex * EACH + index;
    const devices = draw(seed, 3, 4) < 1 ? 3 : 2;
    return { seed, phase, devices, victim: Math.floor(draw(seed, 1, devices)), afterMs: draw(seed, 2, longestMs) };
  }),
);

/** Where survivors were when they heard of it. */
const places = new Map<string, number>();
afterAll(() => {
  if (IS_FULL) console.log([...places].map(([place, count]) => `${place}: ${count}`).join("\n"));
});
function count(place: string): void {
  places.set(place, (places.get(place) ?? 0) + 1);
}

describe("a rank that is killed", { timeout: TIMEOUT_MS }, () => {
  it.each(IS_FULL ? CASES : CASES.filter(({ phase }) => ["reduce", "save"].includes(phase)))(
    "in $phase ends all (seed $seed: rank $victim of $devices)",
    async ({ phase, devices, victim, afterMs }) => {
      const orders: KillOrders = { phase, devices, victim, afterMs };
      const checkpoints: string[] = [];
      const ranks = await startRanks<KillResult>("kills.ts", orders, {
        worldSize: devices,
        atEnd: async (folder) => void checkpoints.push(...(await wholeCheckpoints(folder))),
      });
      const { code, signal, results, stderr } = await ranks.ended;
      await expect.poll(() => processesOf(ranks.folder), { timeout: GONE_MS }).toEqual([]);
      // Whoever trained before the kill came had saved six times, and nobody leaves half a file.
      expect(checkpoints.length).toBeLessThanOrEqual(6);
      // At its end a rank may be faster than the kill.
      if (phase === "exit" && code === 0) return count("exit, before the kill");
      if (victim === 0) expect(signal, stderr).toBe("SIGKILL");
      else expect(code, stderr).toBe(1);
      for (const [rank, result] of results.entries()) {
        if (rank === victim || result?.at !== "failed") continue;
        count(`${phase}: ${result.operation?.replaceAll(/\d+/g, "n")}`);
        expect(result, stderr).toMatchObject({ blamedRank: victim });
      }
      if (phase !== "exit" && victim !== 0) expect(results[0]?.at, stderr).toBe("failed");
    },
  );

  it.each(Array.from({ length: EACH }, (_, index) => SEED + index))(
    "while it loads, leaves no other behind (seed %i)",
    async (seed) => {
      const orders: KillOrders = { phase: "exit", devices: 2, victim: -1, afterMs: 0 };
      const ranks = await startRanks<KillResult>("kills.ts", orders);
      // The first process loads for about as long before it starts the others.
      while (processesOf(ranks.folder).length < 2 && ranks.process.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, draw(seed, 4, 300)));
      ranks.process.kill("SIGKILL");
      await ranks.ended;
      await expect.poll(() => processesOf(ranks.folder), { timeout: GONE_MS }).toEqual([]);
    },
  );
});

/** Checkpoints that can be read to their end; there are no others. */
async function wholeCheckpoints(folder: string): Promise<string[]> {
  const store = new SafetensorsCheckpointStore(nodeFiles());
  const names = readdirSync(join(folder, "checkpoints")).filter((name) => name.endsWith(".ckpt"));
  for (const name of names) await store.load(join(folder, "checkpoints", name));
  return names;
}

/** The processes that were started with this folder, but for those that have ended and wait to be asked how. */
function processesOf(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => readOf(name, "cmdline").includes(folder) && !/^State:\s*[ZX]/m.test(readOf(name, "status")))
    .map(Number);
}

function readOf(processId: string, file: string): string {
  try {
    return readFileSync(`/proc/${processId}/${file}`, "utf8");
  } catch {
    return ""; // It has ended meanwhile.
  }
}
