import { rmSync, mkdtempSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { resolveBackend, seedEverything } from "@lightning-ts/core";
import { CoreDistance } from "../limits/core-distance.js";
import { distanceInWords } from "../report/table.js";
import { MODELS, type LoopName } from "./models.js";
import { LOOPS } from "./loops.js";

/** Steps of one turn: its first ones, which V8 still compiles, count no more than they do in an epoch. */
const STEPS = 2000;
const ROUNDS = Number(process.argv[2] ?? 7);

/** Microseconds per step of each loop, in turns, so that what else happens on the machine meets all of them. */
async function measure(features: number): Promise<Record<LoopName, number[]>> {
  const times: Record<LoopName, number[]> = { handWritten: [], barebones: [], trainer: [] };
  const folder = mkdtempSync(join(tmpdir(), "trainer-overhead-"));
  for (let round = 0; round < ROUNDS + 2; round += 1) {
    coreDistance?.measure();
    for (const name of ["handWritten", "barebones", "trainer"] as const) {
      seedEverything(round);
      const durationMs = await LOOPS[name]({ features, steps: STEPS, folder });
      if (round >= 2) times[name].push((1000 * durationMs) / STEPS);
    }
  }
  rmSync(folder, { recursive: true });
  return times;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

await resolveBackend("onnxruntime");
const coreDistance = await CoreDistance.start();
console.log(
  `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} threads, Node ${process.version}; ${ROUNDS} turns of ${STEPS} steps, microseconds per step`,
);
console.log("model            loop          median    25 %    75 %    best");
for (const { name, features } of MODELS) {
  const times = await measure(features);
  for (const [loop, values] of Object.entries(times)) {
    const cells = [quantile(values, 0.5), quantile(values, 0.25), quantile(values, 0.75), Math.min(...values)].map(
      (value) => value.toFixed(0).padStart(8),
    );
    console.log(`${name.padEnd(16)} ${loop.padEnd(12)}${cells.join("")}`);
  }
  console.log(distanceInWords(coreDistance?.take()));
}
await coreDistance?.close();
