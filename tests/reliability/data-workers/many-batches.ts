/**
 * Reads many batches with worker threads, epoch after epoch, and says what stays: threads, handles, memory. The first
 * epochs warm up what is kept for good.
 * usage: pnpm test:many-batches [batches, 20000] [workers, 4] [squares | parquet | csv, squares]
 */
import { readdirSync } from "node:fs";
import { DataLoader, setFiles, setThreads } from "lightning-ts/core";
import { nodeFiles, nodeThreads } from "lightning-ts/fabric/node";
import { bundleWorkers } from "./bundle-workers.js";
import { NoisySquares, setModule } from "./datasets.js";
import { tableFiles } from "./table-files.js";

const [batches = "20000", workers = "4", kind = "squares"] = process.argv.slice(2);
const EPOCHS = 10;
const WARM_UP = 2;
const BATCH_SIZE = 8;

if (kind === "squares") {
  const { worker, datasets } = await bundleWorkers();
  setThreads(nodeThreads({ entry: worker, execArgv: [] }));
  setModule(datasets);
} else {
  // Workers find the package of the readers by its name, as in a program.
  setThreads(nodeThreads());
  setFiles(nodeFiles());
}

const rows = Math.ceil(Number(batches) / EPOCHS) * BATCH_SIZE;
const options = { batchSize: BATCH_SIZE, numWorkers: Number(workers) };
const files = kind === "squares" ? undefined : tableFiles(rows);

/** How many batches an epoch has; their rows are counted. */
async function epoch(): Promise<number> {
  let seen = 0;
  if (files === undefined)
    for await (const { square } of new DataLoader(new NoisySquares(rows), options)) seen += square.size;
  else if (kind === "parquet") {
    const loader = new DataLoader(await files.parquet(), { ...options, sampler: files.parquetRows });
    for await (const { row } of loader) seen += row.size;
  } else for await (const { row } of new DataLoader(await files.csv(), { ...options, shuffle: true })) seen += row.size;
  return seen / BATCH_SIZE;
}

/** What a process holds. */
async function held(): Promise<Record<string, number>> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return {
    threads: process.platform === "linux" ? readdirSync("/proc/self/task").length : 0,
    files: process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0,
    handles: process.getActiveResourcesInfo().length,
    heapMegabytes: Math.round(heapUsed / 2 ** 20),
    arrayMegabytes: Math.round(arrayBuffers / 2 ** 20),
    residentMegabytes: Math.round(rss / 2 ** 20),
  };
}

for (let i = 0; i < WARM_UP; i += 1) await epoch();
const before = await held();
let seen = 0;
for (let i = 0; i < EPOCHS; i += 1) seen += await epoch();
const after = await held();
console.log(JSON.stringify({ kind, batches: seen, numWorkers: Number(workers), before, after }));
const stays = (name: string, most: number): boolean => (after[name] ?? 0) - (before[name] ?? 0) <= most;
const areLevel = ["threads", "files", "handles"].every((name) => stays(name, 0));
process.exitCode = areLevel && stays("heapMegabytes", 8) && stays("arrayMegabytes", 8) ? 0 : 1;
