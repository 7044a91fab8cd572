/**
 * How many batches a second loaders give, here and in PyTorch, in turns: rows of a table that is in memory, and items
 * that keep a processor busy for 2 ms, with and without workers. The first batch, which starts them, is not timed.
 * usage: pnpm --filter @apps/benchmarks loaders [rounds, 3]
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { DataLoader, TensorDataset, tf } from "@lightning-ts/core";
import "@lightning-ts/pytorch"; // It brings the threads of Node.
import { BusyItems } from "./busy-items.js";

const ROUNDS = Number(process.argv[2] ?? 3);
/** A copy of a narrow row costs next to nothing, a wide one is bound by memory. */
const TABLES = [
  { rows: 500_000, width: 10 },
  { rows: 60_000, width: 784 },
];
const BUSY_ITEMS = 1600;

async function batchesPerSecond(loader: AsyncIterable<unknown>): Promise<number> {
  const iterator = loader[Symbol.asyncIterator]();
  await iterator.next();
  const startMs = performance.now();
  let count = 0;
  while ((await iterator.next()).done !== true) count += 1;
  return (1000 * count) / (performance.now() - startMs);
}

async function own(): Promise<Record<string, number>> {
  const result: Record<string, number> = {};
  for (const { rows, width } of TABLES) {
    const values = Float32Array.from({ length: rows * width }, () => Math.random());
    const table = new TensorDataset(tf.buffer<tf.Rank.R2>([rows, width], "float32", values), new Int32Array(rows));
    result[`rows of ${width}, 0 workers`] = await batchesPerSecond(
      new DataLoader(table, { batchSize: 64, shuffle: true }),
    );
  }
  for (const numWorkers of [0, 1, 2]) {
    const busy = new DataLoader(new BusyItems(BUSY_ITEMS), { batchSize: 16, numWorkers });
    result[`busy items, ${numWorkers} workers`] = await batchesPerSecond(busy);
  }
  return result;
}

/** Undefined where PyTorch is not there. */
function pytorch(): Record<string, number> | undefined {
  const python = process.env["LIGHTNING_TS_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("./pytorch_loaders.py", import.meta.url));
  const { stdout, status } = spawnSync(python, [script], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const { batchesPerSecond: measured }: { batchesPerSecond: Record<string, number> } = JSON.parse(stdout);
  return measured;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const rounds: { own: Record<string, number>; peer: Record<string, number> | undefined }[] = [];
for (let round = 0; round < ROUNDS; round += 1) rounds.push({ own: await own(), peer: pytorch() });
const table = Object.keys(rounds[0]?.own ?? {}).map((task) => {
  const ours = median(rounds.map((round) => round.own[task] ?? Number.NaN));
  const theirs = median(rounds.map(({ peer }) => peer?.[task] ?? Number.NaN));
  return {
    task,
    "batches/s": Math.round(ours),
    "PyTorch's": Number.isNaN(theirs) ? "not there" : Math.round(theirs),
    "ours / PyTorch's": Number.isNaN(theirs) ? "" : (ours / theirs).toFixed(2),
  };
});
console.log(
  `${cpus()[0]?.model ?? ""}, ${cpus().length} processors, Node ${process.version}, median of ${ROUNDS} rounds`,
);
console.table(table);
