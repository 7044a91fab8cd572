/**
 * How much memory each rank takes with `ddp` and with the stages of `fsdp`, on two ranks and on four.
 * usage: pnpm --filter @apps/benchmarks ranks-memory
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { RankMemory } from "./memory-of-rank.js";

const script = fileURLToPath(new URL("./memory-of-rank.ts", import.meta.url));
const WAYS = ["ddp", "fsdp 1", "fsdp 2"] as const;
const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

function run(ranks: number, way: string): readonly RankMemory[] {
  const args = [...process.execArgv, script, String(ranks), ...way.split(" ")];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const found: readonly RankMemory[] = JSON.parse(/\[.*\]/.exec(stdout)?.[0] ?? "[]");
  return found;
}

console.table(
  [2, 4].flatMap((ranks) =>
    WAYS.map((way) => {
      const found = run(ranks, way);
      const largest = (key: keyof RankMemory): string => mib(Math.max(...found.map((rank) => rank[key])));
      return {
        ranks,
        way,
        "weights, MiB": largest("weightBytes"),
        "gradients, MiB": largest("gradientBytes"),
        "optimizer's state, MiB": largest("stateBytes"),
        "all tensors after a step, MiB": largest("tensorBytes"),
        "most resident, MiB": largest("peakBytes"),
        "ms a step": Math.max(...found.map(({ stepMs }) => stepMs)).toFixed(0),
      };
    }),
  ),
);
