/**
 * Reads many batches with worker threads, epoch after epoch, and says what stays: threads, handles, memory. The first
 * epochs warm up what is kept for good.
 * usage: pnpm test:many-batches [batches, 20000] [workers, 4]
 */
import { readdirSync } from "node:fs";
import { DataLoader, setThreads } from "lightning-ts/core";
import { nodeThreads } from "lightning-ts/fabric/node";
import { bundleWorkers } from "./bundle-workers.js";
import { NoisySquares, setModule } from "./datasets.js";

const [batches = "20000", numWorkers = "4"] = process.argv.slice(2);
const EPOCHS = 10;
const WARM_UP = 2;

const { worker, datasets } = await bundleWorkers();
setThreads(nodeThreads({ entry: worker, execArgv: [] }));
setModule(datasets);

async function epoch(): Promise<number> {
  const count = Math.ceil(Number(batches) / EPOCHS);
  const loader = new DataLoader(new NoisySquares(count * 8), { batchSize: 8, numWorkers: Number(numWorkers) });
  let seen = 0;
  for await (const { square } of loader) seen += square.size / 8;
  return seen;
}

/** What a process holds. */
async function held(): Promise<Record<string, number>> {
  await new Promise((resolve) => setTimeout(resolve, 300));
  globalThis.gc?.();
  return {
    threads: process.platform === "linux" ? readdirSync("/proc/self/task").length : 0,
    handles: process.getActiveResourcesInfo().length,
    heapMegabytes: Math.round(process.memoryUsage().heapUsed / 2 ** 20),
    residentMegabytes: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
}

for (let i = 0; i < WARM_UP; i += 1) await epoch();
const before = await held();
let seen = 0;
for (let i = 0; i < EPOCHS; i += 1) seen += await epoch();
const after = await held();
console.log(JSON.stringify({ batches: seen, numWorkers: Number(numWorkers), before, after }));
const stays = (name: string, most: number): boolean => (after[name] ?? 0) - (before[name] ?? 0) <= most;
process.exitCode = stays("threads", 0) && stays("handles", 0) && stays("heapMegabytes", 8) ? 0 : 1;
