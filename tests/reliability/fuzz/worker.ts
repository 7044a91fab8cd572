/**
 * Checks the programs of a range of seeds on the engine with one number of threads, which belongs to the process, and
 * prints a line of JSON before and after each. Started by main.ts.
 */
import { resolveBackend } from "lightning-ts/core";
import { Fuzzer } from "./fuzzer.js";
import { readWorkerOptions } from "./worker-options.js";

const options = readWorkerOptions(process.argv[2]);
const { threads, firstSeed, count, budgetMs } = options;
// A program is a graph of its own: that the cache of graphs is of no use here is no news.
await resolveBackend("onnxruntime", { threads, onWarning: () => {} });
const fuzzer = new Fuzzer(options);
const end = Date.now() + budgetMs;
for (let seed = firstSeed; seed < firstSeed + count && Date.now() < end; seed++) {
  console.log(JSON.stringify({ starts: seed }));
  const verdict = await fuzzer.check(seed);
  console.log(JSON.stringify(verdict));
  if (options.isOneEnough && verdict.failure !== undefined) break;
}
