/** Trains a workload on a tfjs backend: `tfjs-worker.ts <backend> <workload> <threads> <start file>`. */
import { createInterface } from "node:readline";
import { performance } from "node:perf_hooks";
import { resolveBackend, tensorScope, type TrainingBackend } from "@lightning-ts/core";
import { WORKLOADS } from "../workloads/index.js";
import { type Step, stepOf } from "../workloads/step.js";
import { WORKLOAD_NAMES, type Workload } from "../workloads/workload.js";
import type { PeerReady, PeerUnavailable, RunAnswer, RunRequest } from "./protocol.js";
import { readStart } from "./read-start.js";

const [backendName = "", workloadName = "", threads = "", startFile = ""] = process.argv.slice(2);

function say(line: PeerReady | PeerUnavailable | RunAnswer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function run(
  backend: TrainingBackend,
  { task, step }: { readonly task: Workload["task"]; readonly step: Step },
  { steps, learningRate }: RunRequest,
): Promise<RunAnswer> {
  let hostMs = 0;
  let loss = Number.NaN;
  const processor = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < steps; i += 1) {
    const began = performance.now();
    const scope = tensorScope();
    const isRead = task === "predict" || i === steps - 1;
    const result = isRead ? scope.keep(step(learningRate)) : void step(learningRate);
    scope.close();
    const full = backend.submit();
    hostMs += performance.now() - began;
    if (full !== undefined) await full;
    if (result === undefined) continue;
    if (task === "train") await backend.synchronize();
    loss = mean(await result.data());
    result.dispose();
  }
  const totalMs = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  return { totalMs, cpuMs: (user + system) / 1000, hostMs: backend.capabilities.isLazy ? hostMs : null, loss };
}

/** Of the magnitudes, so that outputs of both signs do not hide a difference. */
function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
}

async function main(): Promise<void> {
  const name = WORKLOAD_NAMES.find((known) => known === workloadName);
  if (name === undefined) throw new Error(`There is no workload ${workloadName}.`);
  let backend: TrainingBackend;
  try {
    ({ backend } = await resolveBackend(backendName, { threads: Number(threads) }));
  } catch (error) {
    say({ unavailable: error instanceof Error ? error.message : String(error) });
    return;
  }
  const workload = WORKLOADS[name];
  const step = stepOf(workload, readStart(startFile, workload.create().model));
  say({ description: `Node ${process.versions.node}, tfjs backend ${backendName}` });
  for await (const line of createInterface({ input: process.stdin })) {
    const request: RunRequest = JSON.parse(line);
    if (request.steps === 0) break;
    try {
      say(await run(backend, { task: workload.task, step }, request));
    } catch (error) {
      say({ unavailable: error instanceof Error ? error.message : String(error) });
      break;
    }
  }
  process.exit(0);
}

await main();
