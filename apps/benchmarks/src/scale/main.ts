/**
 * How training scales to more ranks, by a model of what a step costs: docs/guides/scaling.md. It measures the parts of
 * a step and two ranks of this machine, predicts three runs that it has not seen, and runs them; then it says what to
 * expect of 1 to 4 096 ranks.
 * usage: pnpm --filter @apps/benchmarks scale [rounds, 3]
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { linkOf } from "./calibrate.js";
import { bucketsOf, efficiency, stepMs, type Layout, type Link, type Stages } from "./cost-model.js";
import { parameterBytes, type ModelName, type TrainingOrders, type TrainingReport } from "./orders.js";

const ROUNDS = Number(process.argv[2] ?? 3);
const CAP_BYTES = 25 * 1024 * 1024;
const THROTTLED_BYTES_PER_MS = 500_000;
const script = fileURLToPath(new URL("./training.ts", import.meta.url));

/** Between machines, as they are sold: latencies and bandwidths of messages, not of a transport that was measured. */
const WIRES: Readonly<Record<string, Pick<Link, "latencyMs" | "bytesPerMs">>> = {
  "10 Gbit/s Ethernet": { latencyMs: 0.03, bytesPerMs: 1.1e6 },
  "100 Gbit/s InfiniBand": { latencyMs: 0.003, bytesPerMs: 1.1e7 },
};

const RUNS = {
  evenAlone: { model: "even", ranks: 1, measures: "stages" },
  deepAlone: { model: "deep", ranks: 1, measures: "stages" },
  even: { model: "even", ranks: 2, measures: "step" },
  deep: { model: "deep", ranks: 2, measures: "step" },
  threeRanks: { model: "even", ranks: 3, measures: "step" },
  throttled: { model: "even", ranks: 2, measures: "step", bytesPerMs: THROTTLED_BYTES_PER_MS },
} satisfies Readonly<Record<string, TrainingOrders>>;
type Report = TrainingReport & { readonly callMs: number };
const best = new Map<TrainingOrders, Report>();

function run(orders: TrainingOrders): Report {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, script, JSON.stringify(orders)],
    { encoding: "utf8" },
  );
  const line = /\{.*stepMs.*\}/.exec(stdout)?.[0];
  if (status !== 0 || line === undefined) throw new Error(`${JSON.stringify(orders)} did not run: ${stderr}`);
  return JSON.parse(line);
}

/** Whatever else a machine does makes steps slower only: of all rounds the one counts in which a step took least. */
function measure(): void {
  for (let round = 0; round < ROUNDS; round += 1)
    for (const orders of Object.values(RUNS)) {
      const report = run(orders);
      if (report.stepMs < (best.get(orders)?.stepMs ?? Number.POSITIVE_INFINITY)) best.set(orders, report);
    }
}

function measured(orders: TrainingOrders): Report {
  const report = best.get(orders);
  if (report === undefined) throw new RangeError(`expected at least one round, received ${process.argv[2]}`);
  return report;
}

function stagesOf(model: ModelName, { forwardMs, backwardMs, updateMs }: Report): Stages {
  return { forwardMs, backwardMs, updateMs, bucketBytes: bucketsOf(parameterBytes(model), CAP_BYTES) };
}

measure();
const even = stagesOf("even", measured(RUNS.evenAlone));
const deep = stagesOf("deep", measured(RUNS.deepAlone));
const { stepMs: twoRanksMs, callMs } = measured(RUNS.even);
const link = linkOf({ stages: even, twoRanksMs, callMs });
const processors = cpus().length;
const layoutOf = (ranks: number): Layout => ({
  ranks,
  algorithm: "ring",
  overlaps: true,
  ranksPerProcessor: ranks / processors,
});
const HELD_OUT: readonly [text: string, orders: TrainingOrders, stages: Stages, link: Link][] = [
  ["another model, 2 ranks", RUNS.deep, deep, link],
  ["3 ranks", RUNS.threeRanks, even, link],
  ["a wire of 500 MB/s, 2 ranks", RUNS.throttled, even, { ...link, bytesPerMs: THROTTLED_BYTES_PER_MS }],
];

const ms = (value: number): string => value.toFixed(1);
console.log(`${cpus()[0]?.model ?? ""}, ${processors} processors, Node ${process.version}, least of ${ROUNDS} rounds`);
console.table([
  { model: "even", ...measured(RUNS.evenAlone) },
  { model: "deep", ...measured(RUNS.deepAlone) },
  { model: "even, 2 ranks", ...measured(RUNS.even) },
]);
console.log(
  `For each MB of gradients a rank's processor needs ${ms(link.processorMsPerByte * 1e6)} ms, and ${link.processorMsPerCall.toFixed(2)} ms for a call.`,
);
console.table(
  HELD_OUT.map(([text, orders, stages, between]) => {
    const predicted = stepMs(stages, between, layoutOf(orders.ranks));
    const actual = measured(orders).stepMs;
    const error = `${(100 * (predicted / actual - 1)).toFixed(0)} %`;
    return { "held out": text, "predicted, ms": ms(predicted), "measured, ms": ms(actual), error };
  }),
);
for (const [name, wire] of Object.entries(WIRES)) {
  console.log(`\nefficiency of the first model over ${name}, a machine for each rank`);
  const percent = (ranks: number, algorithm: Layout["algorithm"], overlaps: boolean): string =>
    `${(100 * efficiency(even, { ...link, ...wire }, { ranks, algorithm, overlaps })).toFixed(0)} %`;
  console.table(
    Array.from({ length: 13 }, (_, power) => 2 ** power).map((ranks) => ({
      ranks,
      ring: percent(ranks, "ring", true),
      "ring, no overlap": percent(ranks, "ring", false),
      tree: percent(ranks, "tree", true),
      "tree, no overlap": percent(ranks, "tree", false),
    })),
  );
}
