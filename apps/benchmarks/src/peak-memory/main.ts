/**
 * Peak memory of a process that trains the MLP, of two built checkouts in turns:
 * `main.ts <checkout> <other checkout> [runs]`. Prints every run, then the medians with the extremes.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { spreadOf } from "../report/spread.js";

const [before = "", after = "", runs = "8"] = process.argv.slice(2);
const STEPS = [60, 300];
const program = readFileSync(new URL("./training.js", import.meta.url), "utf8");

if (before === "" || after === "") {
  console.error("Expected the absolute paths of two built checkouts, and the number of runs if it is not 8.");
  process.exit(2);
}

/** Peak memory when the model begins, and at the end. */
interface Peak {
  readonly beginMiB: number;
  readonly endMiB: number;
}

function peakOf(checkout: string, steps: number): Peak {
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", program, String(steps)], {
    cwd: join(checkout, "apps/benchmarks"),
    encoding: "utf8",
  });
  const { beginKiB, endKiB } = numbersOf(output);
  return { beginMiB: beginKiB / 1024, endMiB: endKiB / 1024 };
}

function numbersOf(output: string): { beginKiB: number; endKiB: number } {
  const record: unknown = JSON.parse(output);
  if (typeof record === "object" && record !== null && "beginKiB" in record && "endKiB" in record)
    return { beginKiB: Number(record.beginKiB), endKiB: Number(record.endKiB) };
  throw new Error(`The training process printed something else: ${output}`);
}

/** Three parts of a peak, in words; `say` tells how a list of runs becomes one text. */
function inWords(found: readonly Peak[], say: (sample: readonly number[]) => string): string {
  const begin = say(found.map(({ beginMiB }) => beginMiB));
  const above = say(found.map(({ beginMiB, endMiB }) => endMiB - beginMiB));
  return `begins at ${begin}, ${above} above, ${say(found.map(({ endMiB }) => endMiB))} in all`;
}

function spreadInWords(sample: readonly number[]): string {
  const { median, min, max } = spreadOf(sample);
  return `${median.toFixed(1)} (${min.toFixed(1)} – ${max.toFixed(1)})`;
}

const peaks = new Map<string, Peak[]>();
for (let run = 0; run < Number(runs); run += 1) {
  for (const steps of STEPS) {
    for (const [side, checkout] of Object.entries({ before, after })) {
      const peak = peakOf(checkout, steps);
      const key = `${side}, ${steps} steps`;
      console.log(`${key}: ${inWords([peak], ([value = Number.NaN]) => value.toFixed(1))}`);
      peaks.set(key, [...(peaks.get(key) ?? []), peak]);
    }
  }
}
console.log("\nMiB: median (least – most)");
for (const [key, found] of peaks) console.log(`${key}: ${inWords(found, spreadInWords)}`);
