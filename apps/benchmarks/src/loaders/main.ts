/**
 * How many batches a second loaders give, here and in PyTorch, in turns: rows of a table that is in memory, and items
 * that keep a processor busy for 2 ms, with and without workers. An epoch that is not timed goes before each.
 * usage: pnpm --filter @apps/benchmarks loaders [rounds, 3]
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { DataLoader, TensorDataset, tf } from "@lightning-ts/core";
import "@lightning-ts/pytorch"; // It brings the threads of Node.
import { BusyItems } from "./busy-items.js";
import { rowCopies } from "./row-copies.js";
import { batchSpeed, type Speed } from "./speed.js";

const ROUNDS = Number(process.argv[2] ?? 3);
/** A copy of a narrow row costs next to nothing, a wide one is bound by memory. */
const TABLES = [
  { rows: 500_000, width: 10 },
  { rows: 60_000, width: 784 },
];
const BUSY_ITEMS = 1600;

type Speeds = Record<string, Speed>;

async function own(): Promise<Speeds> {
  const result: Speeds = {};
  for (const { rows, width } of TABLES) {
    const values = Float32Array.from({ length: rows * width }, () => Math.random());
    const table = new TensorDataset(tf.buffer<tf.Rank.R2>([rows, width], "float32", values), new Int32Array(rows));
    const loader = new DataLoader(table, { batchSize: 64, shuffle: true });
    result[`rows of ${width}, 0 workers`] = await batchSpeed(() => loader);
    result[`rows of ${width}, copies alone`] = await rowCopies({ values, rows, width }, "new");
    result[`rows of ${width}, copies to the same place`] = await rowCopies({ values, rows, width }, "same");
  }
  for (const numWorkers of [0, 1, 2]) {
    const busy = new DataLoader(new BusyItems(BUSY_ITEMS), { batchSize: 16, numWorkers });
    result[`busy items, ${numWorkers} workers`] = await batchSpeed(() => busy);
  }
  return result;
}

/** Undefined where PyTorch is not there. */
function pytorch(): Speeds | undefined {
  const python = process.env["LIGHTNING_TS_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("./pytorch_loaders.py", import.meta.url));
  const { stdout, status } = spawnSync(python, [script], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const { speeds }: { speeds: Speeds } = JSON.parse(stdout);
  return speeds;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const rounds: { own: Speeds; peer: Speeds | undefined }[] = [];
for (let round = 0; round < ROUNDS; round += 1) rounds.push({ own: await own(), peer: pytorch() });

/** Medians here and there, and their ratio. Workers of PyTorch are processes, whose time is not in its own. */
function columns(task: string, unit: keyof Speed, name: string): Record<string, string> {
  const ours = median(rounds.map((round) => round.own[task]?.[unit] ?? Number.NaN));
  const theirs = median(rounds.map(({ peer }) => peer?.[task]?.[unit] ?? Number.NaN));
  const isCompared = !Number.isNaN(theirs);
  return {
    [name]: String(Math.round(ours)),
    [`PyTorch's ${name}`]: isCompared ? String(Math.round(theirs)) : "",
    [`${name} ratio`]: isCompared ? (ours / theirs).toFixed(2) : "",
  };
}

const table = Object.keys(rounds[0]?.own ?? {}).map((task) => ({
  task,
  ...columns(task, "perSecond", "a second"),
  ...(task.startsWith("rows") ? columns(task, "perProcessorSecond", "a processor's second") : {}),
}));
console.log(
  `${cpus()[0]?.model ?? ""}, ${cpus().length} processors, Node ${process.version}, batches, medians of ${ROUNDS} rounds`,
);
console.table(table);
