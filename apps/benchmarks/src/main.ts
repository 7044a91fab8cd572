/** Step time of some models on this engine and its peers, which take turns: see README.md. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedEverything } from "@lightning-ts/core";
import { measure, type PeerResult } from "./measure.js";
import { type BenchOptions, parseOptions } from "./options.js";
import { encodeStart } from "./peers/start-file.js";
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
const folder = mkdtempSync(join(tmpdir(), "lightning-ts-bench-"));
for (const name of options.workloads) {
  const workload = WORKLOADS[name];
  const startFile = join(folder, `${name}.safetensors`);
  seedEverything(0);
  writeFileSync(startFile, encodeStart(workload.create()));
  const { description } = workload;
  const results = await measure(workload, options.peers, { ...options, startFile });
  workloads.push({ name, description, results });
  print(`\n${name}: ${description}`);
  print(tableOf(results));
}
rmSync(folder, { recursive: true });
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
