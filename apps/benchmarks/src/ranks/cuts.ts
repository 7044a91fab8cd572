/**
 * What cutting a step's graph costs by itself: one rank, uncut and with the cuts that several ranks make, in turns,
 * each in a process of its own. Asked are at most 5 % of time and 15 % of memory. Memory is what is resident at most
 * beyond what the process had before there was a network: an uncut graph keeps activations in ONNX Runtime's arena,
 * which no counter of the engine sees, and a cut one keeps some of them in buffers: only the sum can be compared.
 * usage: pnpm --filter @apps/benchmarks ranks:cuts [rounds, 5] [layers, 8] [width, 768] [batch, 256] [MB a bucket, 25]
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import type { CostOfCuts } from "./cuts-of-rank.js";

const [count = "5", layers = "8", width = "768", batch = "256", bucketMb = "25", ...rest] = process.argv.slice(2);
const ROUNDS = Number(count);
const sizes = [layers, width, batch, bucketMb, ...rest];
const script = fileURLToPath(new URL("./cuts-of-rank.ts", import.meta.url));
const WAYS = ["whole", "gradients at once", "cut"] as const;

function run(way: string): CostOfCuts {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, script, way, ...sizes], {
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
const machine = `${cpus()[0]?.model ?? ""}, ${cpus().length} processors, Node ${process.version}`;
const workload = `${layers} layers of ${width}, batch ${batch}, buckets of ${bucketMb} MB`;
console.log(`${machine}, ${ROUNDS} rounds; ${workload}`);
console.table(
  WAYS.map((way, index) => {
    const keys = ["stepMs", "processorMs", "bufferBytes", "trainingBytes", "peakBytes"] as const;
    const [time, processor, buffers, training, peak] = keys.map((key) => compare(index, key));
    const mib = (bytes = Number.NaN): string => (bytes / 2 ** 20).toFixed(1);
    return {
      way,
      "parts of a step": compare(index, "runs").value,
      "ms a step": time?.value.toFixed(1),
      "more time": time?.more,
      "processor ms": processor?.value.toFixed(1),
      "more processor time": processor?.more,
      "training, MiB": mib(training?.value),
      "more of training's": training?.more,
      "buffers, MiB": mib(buffers?.value),
      "most resident, MiB": mib(peak?.value),
      "more resident": peak?.more,
    };
  }),
);
