/**
 * Runs the checks, each in a process of its own with a time limit, so that one that crashes or hangs costs only itself:
 * `main.mjs [check…] [--sample N] [--steps N] [--torch-device cpu] [--limit SECONDS]`. Every result is appended to
 * `gpu-check.jsonl` as soon as it is there, and tables come last.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { allChecks } from "./checks.js";
import { runCheck, type Check, type Outcome } from "./run-check.js";
import { checkTable, timeTable } from "./tables.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "10" },
    steps: { type: "string", default: "50" },
    "torch-device": { type: "string", default: "cuda" },
    limit: { type: "string", default: "90" },
  },
});
const results = join(process.env["OUT"] ?? process.cwd(), "gpu-check.jsonl");
const outcomes: Outcome[] = [];
writeFileSync(results, "");
const options = { ...values, torchDevice: values["torch-device"], limitS: Number(values.limit) };
for (const { atOnce, checks } of allChecks(options)) {
  const waiting = checks.filter(({ name }) => isWanted(name));
  await Promise.all(Array.from({ length: atOnce }, () => takeFrom(waiting)));
}
print(checkTable(outcomes));
print(timeTable(outcomes));

/** Of the dumped graphs one, for a first sign, where no more are asked for: the engine's own checks say more. */
function isWanted(name: string): boolean {
  if (positionals.length === 0) return !name.startsWith("probe") || name.endsWith("-mlp");
  return positionals.some((start) => name.startsWith(start));
}

async function takeFrom(waiting: Check[]): Promise<void> {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const outcome = await runCheck(check);
    outcomes.push(outcome);
    appendFileSync(results, `${JSON.stringify(outcome)}\n`);
    print(`${outcome.check} (${outcome.seconds} s) ${outcome.problem ?? ""}`);
    for (const record of outcome.records.slice(-8)) print(`  ${JSON.stringify(record).slice(0, 900)}`);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
