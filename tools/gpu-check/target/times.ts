/**
 * Times one workload of the benchmarks on every peer, all in their own processes, one at a time:
 * `times.mjs <workload> <device of PyTorch>`. Prints a line of JSON for each peer as soon as it is known.
 */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seedEverything } from "../../../packages/core/src/index.js";
import { PeerProcess } from "../../../apps/benchmarks/src/peers/peer-process.js";
import { encodeStart } from "../../../apps/benchmarks/src/peers/start-file.js";
import { WORKLOADS } from "../../../apps/benchmarks/src/workloads/index.js";
import { differentLosses } from "../../../apps/benchmarks/src/different-losses.js";
import { COMPARED_LEARNING_RATE } from "../../../apps/benchmarks/src/peers/protocol.js";
import { timedPeers, type TimedPeer } from "./timed-peers.js";

const COMPARED_STEPS = 5;
const WARM_UP_MS = 1200;
const TURNS = 7;
const TURN_MS = 250;

const [workloadName = "", torchDevice = "cuda"] = process.argv.slice(2);
const workload = Object.values(WORKLOADS).find(({ name }) => name === workloadName);
if (workload === undefined) throw new RangeError(`There is no workload ${workloadName}.`);
const startFile = join(mkdtempSync(join(tmpdir(), "gpu-check-")), `${workload.name}.safetensors`);
seedEverything(0);
writeFileSync(startFile, encodeStart(workload.create()));

let firstLosses: readonly number[] | undefined;
// They load at the same time, and compute one after the other.
const peers = timedPeers(workload.name, startFile, torchDevice).map((peer) => ({
  peer,
  started: PeerProcess.start(peer.command),
}));
for (const { peer, started } of peers) {
  const began = performance.now();
  const result = await withLimit(peer, started).catch((error: unknown) => ({ problem: String(error) }));
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(`${JSON.stringify({ workload: workload.name, peer: peer.name, seconds, ...result })}\n`);
}
process.exit(0);

async function withLimit(peer: TimedPeer, started: Promise<PeerProcess | string>): Promise<object> {
  const child = started.then((process) => (typeof process === "string" ? Promise.reject(new Error(process)) : process));
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`took more than ${peer.limitS} s`)), peer.limitS * 1000).unref();
  });
  try {
    return await Promise.race([child.then(timesOf), late]);
  } finally {
    child.then(
      (process) => process.close(),
      () => {},
    );
  }
}

async function timesOf(child: PeerProcess): Promise<object> {
  const losses: number[] = [];
  let firstMs = NaN;
  for (let i = 0; i < COMPARED_STEPS; i += 1) {
    const { totalMs, loss } = await child.run(1, COMPARED_LEARNING_RATE);
    if (i === 0) firstMs = totalMs;
    losses.push(loss);
  }
  firstLosses ??= losses;
  const different = workload?.isRandom === true ? undefined : differentLosses(firstLosses, losses);
  const stepMs = await warmUp(child);
  const stepsPerTurn = Math.max(1, Math.round(TURN_MS / stepMs));
  const [times, host]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const { totalMs, hostMs } = await child.run(stepsPerTurn);
    times.push(totalMs / stepsPerTurn);
    if (hostMs !== null) host.push(hostMs / stepsPerTurn);
  }
  return {
    description: child.description,
    medianMs: median(times),
    bestMs: Math.min(...times),
    ...(host.length === 0 ? {} : { hostMs: median(host) }),
    firstMs,
    losses,
    ...(different === undefined ? {} : { different }),
  };
}

/** Until compilers, allocators and caches have settled. @returns milliseconds a step */
async function warmUp(child: PeerProcess): Promise<number> {
  const start = performance.now();
  for (let steps = 2; ; steps = Math.min(steps * 2, 128)) {
    const { totalMs } = await child.run(steps);
    if (performance.now() - start > WARM_UP_MS) return totalMs / steps;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}
