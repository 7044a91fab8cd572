/** Trains a workload on a tfjs backend: `tfjs-worker.ts <backend> <workload> <threads> <start file>`. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { performance } from "node:perf_hooks";
import { item, resolveBackend, tensorScope, type TrainingBackend } from "@lightning-ts/core";
import { WORKLOADS } from "../workloads/index.js";
import { WORKLOAD_NAMES } from "../workloads/workload.js";
import { type TrainingStep, trainingStep } from "../workloads/training-step.js";
import type { PeerReady, PeerUnavailable, RunAnswer, RunRequest } from "./protocol.js";
import { startFrom } from "./start-file.js";

const [backendName = "", workloadName = "", threads = "", startFile = ""] = process.argv.slice(2);

function say(line: PeerReady | PeerUnavailable | RunAnswer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function run(
  backend: TrainingBackend,
  step: TrainingStep,
  { steps, learningRate }: RunRequest,
): Promise<RunAnswer> {
  let hostMs = 0;
  let loss = Number.NaN;
  const processor = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < steps; i += 1) {
    const began = performance.now();
    const scope = tensorScope();
    const last = i === steps - 1 ? scope.keep(step(learningRate)) : void step(learningRate);
    scope.close();
    const full = backend.submit();
    hostMs += performance.now() - began;
    if (full !== undefined) await full;
    if (last === undefined) continue;
    await backend.synchronize();
    loss = item(last);
    last.dispose();
  }
  const totalMs = performance.now() - start;
  const { user, system } = process.cpuUsage(processor);
  return { totalMs, cpuMs: (user + system) / 1000, hostMs: backend.capabilities.isLazy ? hostMs : null, loss };
}

async function main(): Promise<void> {
  const workload = WORKLOAD_NAMES.find((name) => name === workloadName);
  if (workload === undefined) throw new Error(`There is no workload ${workloadName}.`);
  let backend: TrainingBackend;
  try {
    ({ backend } = await resolveBackend(backendName, { threads: Number(threads) }));
  } catch (error) {
    say({ unavailable: error instanceof Error ? error.message : String(error) });
    return;
  }
  const step = trainingStep(startFrom(readFileSync(startFile), WORKLOADS[workload].create()));
  say({ description: `Node ${process.versions.node}, tfjs backend ${backendName}` });
  for await (const line of createInterface({ input: process.stdin })) {
    const request: RunRequest = JSON.parse(line);
    if (request.steps === 0) break;
    try {
      say(await run(backend, step, request));
    } catch (error) {
      say({ unavailable: error instanceof Error ? error.message : String(error) });
      break;
    }
  }
  process.exit(0);
}

await main();
