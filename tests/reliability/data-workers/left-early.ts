/**
 * Leaves loaders with workers early, again and again, while their answers are on the way: by a break, and by an item
 * that fails. Nothing else keeps the process alive, as in a script.
 * usage: node --conditions=lightning-ts-source --import tsx left-early.ts [times, 30]
 */
import { DataLoader, setThreads } from "lightning-ts/core";
import { nodeThreads } from "lightning-ts/fabric/node";
import { bundleWorkers } from "./bundle-workers.js";
import { Faulty, NoisySquares, setModule } from "./datasets.js";

const [times = "30"] = process.argv.slice(2);
const { worker, datasets } = await bundleWorkers();
setThreads(nodeThreads({ entry: worker, execArgv: [] }));
setModule(datasets);

let failures = 0;
for (let i = 0; i < Number(times); i += 1) {
  for await (const _ of new DataLoader(new NoisySquares(64), { batchSize: 1, numWorkers: 2, prefetchFactor: 8 })) break;
  try {
    for await (const _ of new DataLoader(new Faulty("throw"), { batchSize: 1, numWorkers: 2, prefetchFactor: 8 }));
  } catch {
    failures += 1;
  }
}
console.log(`left ${failures} times`);
