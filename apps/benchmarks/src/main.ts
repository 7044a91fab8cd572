/** Step time of some models on this engine and its peers, which take turns: see README.md. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedEverything } from "@lightning-ts/core";
import { CoreDistance } from "./limits/core-distance.js";
import { limitMs, measureSpeed } from "./limits/machine-speed.js";
import { measure } from "./measure.js";
import { type BenchOptions, parseOptions } from "./options.js";
import { encodeStart } from "./peers/start-file.js";
import { thisMachine } from "./report/machine.js";
import { pageOf } from "./report/page.js";
import type { StepReport, WorkloadReport } from "./report/step-report.js";
import { distanceInWords, limitInWords, speedInWords, tableOf } from "./report/table.js";
import { WORKLOADS } from "./workloads/index.js";

const options = readOptions();
const machine = thisMachine();
const speed = measureSpeed(options.threads);
const coreDistance = await CoreDistance.start();
const print = (line: string) => process.stdout.write(`${line}\n`);
print(
  `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}; ${options.threads} threads; milliseconds a step`,
);
print(speedInWords(speed));
const workloads: WorkloadReport[] = [];
const folder = mkdtempSync(join(tmpdir(), "lightning-ts-bench-"));
for (const name of options.workloads) {
  const workload = WORKLOADS[name];
  const startFile = join(folder, `${name}.safetensors`);
  seedEverything(0);
  const training = workload.create();
  writeFileSync(startFile, encodeStart(training));
  const measurement = await measure(workload, options.peers, { ...options, startFile, coreDistance });
  const { description } = workload;
  const report = { name, description, limitMs: limitMs(workload, training, speed), ...measurement };
  workloads.push(report);
  print(`\n${name}: ${description}`);
  print(tableOf(measurement.results));
  print(limitInWords(report));
  print(distanceInWords(report.coresApartNs));
}
await coreDistance?.close();
rmSync(folder, { recursive: true });
const report: StepReport = { machine, speed, options, workloads };
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
if (options.html !== undefined) writeFileSync(options.html, pageOf(report));

function readOptions(): BenchOptions {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
