/**
 * What cutting a step's graph costs by itself: one rank, uncut and with the cuts that several ranks make, in turns.
 * Asked are at most 5 % of time and 15 % of memory.
 * usage: pnpm --filter @apps/benchmarks ranks:cuts [rounds, 5]
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { CostOfCuts } from "./cuts-of-rank.js";

const ROUNDS = Number(process.argv[2] ?? 5);
const script = fileURLToPath(new URL("./cuts-of-rank.ts", import.meta.url));
const WAYS = ["whole", "gradients at once", "cut"] as const;

function run(way: string): CostOfCuts {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, script, way], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const found: CostOfCuts = JSON.parse(/\{.*stepMs.*\}/.exec(stdout)?.[0] ?? "{}");
  return found;
}

const rounds = Array.from({ length: ROUNDS }, () => WAYS.map(run));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
/** The median of all rounds, and of how much more it is than uncut in the same round. */
function compare(index: number, key: keyof CostOfCuts): { readonly value: number; readonly more: string } {
  const of = (round: readonly CostOfCuts[], way: number): number => round[way]?.[key] ?? Number.NaN;
  const ratio = median(rounds.map((round) => of(round, index) / of(round, 0)));
  return { value: median(rounds.map((round) => of(round, index))), more: `${(100 * (ratio - 1)).toFixed(1)} %` };
}

if (new Set(rounds.flat().map(({ loss }) => loss)).size > 1) throw new Error("Cuts have changed what is computed.");
console.log(`${cpus()[0]?.model ?? ""}, ${cpus().length} processors, Node ${process.version}, ${ROUNDS} rounds`);
console.table(
  WAYS.map((way, index) => {
    const [time, processor, engine, peak] = (["stepMs", "processorMs", "engineBytes", "peakBytes"] as const).map(
      (key) => compare(index, key),
    );
    const mib = (bytes = Number.NaN): string => (bytes / 2 ** 20).toFixed(1);
    return {
      way,
      "parts of a step": compare(index, "runs").value,
      "ms a step": time?.value.toFixed(1),
      "more time": time?.more,
      "processor ms": processor?.value.toFixed(1),
      "more processor time": processor?.more,
      "engine, MiB": mib(engine?.value),
      "more of the engine's": engine?.more,
      "most resident, MiB": mib(peak?.value),
      "more resident": peak?.more,
    };
  }),
);
