/** Step time of four models on this engine and its peers, which take turns: see README.md. */
import { writeFileSync } from "node:fs";
import { measure, type PeerResult } from "./measure.js";
import { type BenchOptions, parseOptions } from "./options.js";
import { thisMachine } from "./report/machine.js";
import { tableOf } from "./report/table.js";
import { WORKLOADS } from "./workloads/index.js";

const options = readOptions();
const machine = thisMachine();
const print = (line: string) => process.stdout.write(`${line}\n`);
print(
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}; ${options.threads} threads; milliseconds a step`,
);
const workloads: { readonly name: string; readonly description: string; readonly results: readonly PeerResult[] }[] =
  [];
for (const name of options.workloads) {
  const { description } = WORKLOADS[name];
  const results = await measure(name, options.peers, options);
  workloads.push({ name, description, results });
  print(`\n${name}: ${description}`);
  print(tableOf(results));
}
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify({ machine, options, workloads }, undefined, 2)}\n`);

function readOptions(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
