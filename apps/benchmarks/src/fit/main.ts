/**
 * A whole `trainer.fit` here and in PyTorch Lightning, each in processes of its own, in turns: samples a second, the
 * time from the start of the process to the end of the second step, and peak memory until then and in the end.
 * Our process is plain Node with the packages as `pnpm build` made them.
 * usage: pnpm --filter @apps/benchmarks fit [task…] [--rounds N] [--threads N] [--json FILE]
 */
import { build } from "esbuild";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seedEverything } from "@lightning-ts/core";
import { differentLosses } from "../different-losses.js";
import { CoreDistance } from "../limits/core-distance.js";
import { encodeStart } from "../peers/start-file.js";
import { thisMachine } from "../report/machine.js";
import { spreadOf } from "../report/spread.js";
import { distanceInWords } from "../report/table.js";
import { FIT_TASK_NAMES, FIT_TASKS, type FitAnswer, type FitTaskName } from "./fit-task.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    threads: { type: "string", default: String(availableParallelism()) },
    json: { type: "string" },
  },
});

/** What one process did. */
interface FitRun extends FitAnswer {
  /** From the start of the process to the end of the second step. */
  readonly secondStepMs: number;
}

type Side = "lightning-ts" | "Lightning";
/** JavaScript, as a user's script is: it imports the built packages from this one's `node_modules`. */
const OWN_SCRIPT = fileURLToPath(new URL("../../dist/own-fit.mjs", import.meta.url));
const PEER_SCRIPT = fileURLToPath(new URL("./lightning_fit.py", import.meta.url));
const COMMANDS: Record<Side, readonly [command: string, ...args: string[]]> = {
  "lightning-ts": [process.execPath, OWN_SCRIPT],
  Lightning: [process.env["LIGHTNING_TS_PYTHON"] ?? "python3", PEER_SCRIPT],
};

/** @returns a reason where it cannot run */
async function fit(side: Side, args: readonly string[]): Promise<FitRun | string> {
  const [command, ...before] = COMMANDS[side];
  const startedAt = Date.now();
  const child = spawn(command, [...before, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code === 0 ? undefined : `it ended with code ${code}`));
  });
  const line = output.split("\n").findLast((text) => text.startsWith("{"));
  if (failure !== undefined || line === undefined) return failure ?? "it printed no figures";
  const answer: FitAnswer | { unavailable: string } = JSON.parse(line);
  return "unavailable" in answer ? answer.unavailable : { ...answer, secondStepMs: answer.secondStepAt - startedAt };
}

function show(runs: ReadonlyMap<Side, FitRun[]>): void {
  const medians = new Map(
    [...runs].map(([side, own]) => {
      const median = (of: (run: FitRun) => number) => spreadOf(own.map(of)).median;
      const figures = {
        "samples/s": Math.round(median((run) => run.samplesPerSecond)),
        "of the 1st epoch": Math.round(median((run) => run.firstEpochSamplesPerSecond)),
        "start to 2nd step, s": Number((median((run) => run.secondStepMs) / 1000).toFixed(2)),
        "peak until then, MiB": Math.round(median((run) => run.secondStepKiB) / 1024),
        "peak MiB": Math.round(median((run) => run.peakKiB) / 1024),
      };
      return [side, figures];
    }),
  );
  console.table(Object.fromEntries(medians));
  const [own, peer] = [medians.get("lightning-ts"), medians.get("Lightning")];
  if (own === undefined || peer === undefined) return;
  const ratio = (key: keyof typeof own) => own[key] / peer[key];
  console.log(
    `${ratio("samples/s").toFixed(2)} times the samples a second (${ratio("of the 1st epoch").toFixed(2)} in the first epoch), the second step ${(1 / ratio("start to 2nd step, s")).toFixed(1)} times sooner in ${ratio("peak until then, MiB").toFixed(2)} of the memory, ${ratio("peak MiB").toFixed(2)} of it in the end.`,
  );
}

/** Runs a task in turns. A side that computes something else, or cannot run, is not measured. */
async function compare(name: FitTaskName, folder: string): Promise<ReadonlyMap<Side, FitRun[]>> {
  const { model, data } = FIT_TASKS[name];
  const startFile = join(folder, `${name}.safetensors`);
  seedEverything(0);
  writeFileSync(startFile, encodeStart({ model: model(), ...data() }));
  const runs = new Map<Side, FitRun[]>();
  const refused = new Set<Side>();
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const side of ["lightning-ts", "Lightning"] as const) {
      if (refused.has(side)) continue;
      coreDistance?.measure();
      const run = await fit(side, [name, values.threads, startFile, join(folder, side)]);
      const expected = runs.get("lightning-ts")?.[0];
      const reason = typeof run === "string" ? run : differentLosses(expected?.losses ?? run.losses, run.losses);
      if (typeof run !== "string" && reason === undefined) runs.set(side, [...(runs.get(side) ?? []), run]);
      else console.log(`${side} is not measured: ${reason}`);
      if (reason !== undefined) refused.add(side);
    }
  }
  rmSync(startFile);
  return runs;
}

await build({
  entryPoints: [fileURLToPath(new URL("./own-fit.ts", import.meta.url))],
  outfile: OWN_SCRIPT,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
});
const machine = thisMachine();
console.log(
  `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}; ${values.threads} threads, ${values.rounds} rounds`,
);
const coreDistance = await CoreDistance.start();
const folder = mkdtempSync(join(tmpdir(), "lightning-ts-fit-"));
const found: Record<string, Record<string, readonly FitRun[]>> = {};
for (const name of FIT_TASK_NAMES.filter((task) => positionals.length === 0 || positionals.includes(task))) {
  console.log(`\n${name}: ${FIT_TASKS[name].description}`);
  const runs = await compare(name, folder);
  show(runs);
  console.log(distanceInWords(coreDistance?.take()));
  found[name] = Object.fromEntries(runs);
}
await coreDistance?.close();
rmSync(folder, { recursive: true });
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ machine, tasks: found }, undefined, 2)}\n`);
