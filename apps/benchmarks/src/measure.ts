import { PeerProcess } from "./peers/peer-process.js";
import { peerCommands, type PeerName } from "./peers/peers.js";
import { type Spread, spreadOf } from "./report/spread.js";
import type { WorkloadName } from "./workloads/workload.js";

export interface MeasureOptions {
  readonly threads: number;
  /** Rounds in which every peer has its turn. */
  readonly rounds: number;
  /** How long a peer's turn should take. */
  readonly turnMs: number;
}

/** What one peer did on one workload. */
export type PeerResult =
  | { readonly peer: PeerName; readonly isMeasured: false; readonly reason: string }
  | {
      readonly peer: PeerName;
      readonly isMeasured: true;
      readonly description: string;
      readonly stepsPerTurn: number;
      /** Milliseconds a step: one number for every turn. */
      readonly stepMs: Spread;
      /** Processor time a step, all threads. */
      readonly cpuMs: Spread;
      /** JavaScript's time a step, where the backend is lazy. */
      readonly hostMs: Spread | null;
      readonly loss: number;
    };

/** A peer slower than this gets one step a turn, and one turn. */
const SLOW_STEP_MS = 5000;
const WARM_UP_MS = 4000;

interface Contender {
  readonly peer: PeerName;
  readonly process: PeerProcess;
  readonly stepsPerTurn: number;
  readonly turns: number;
  readonly stepMs: number[];
  readonly cpuMs: number[];
  readonly hostMs: number[];
  loss: number;
}

/** Lets the peers take turns on one workload, so that what happens to the machine meanwhile meets all of them. */
export async function measure(
  workload: WorkloadName,
  peers: readonly PeerName[],
  options: MeasureOptions,
): Promise<PeerResult[]> {
  const results: PeerResult[] = [];
  const contenders: Contender[] = [];
  for (const peer of peers) {
    const contender = await prepare(peer, workload, options);
    if (typeof contender === "string") results.push({ peer, isMeasured: false, reason: contender });
    else contenders.push(contender);
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const contender of contenders) if (round < contender.turns) await takeTurn(contender);
  }
  for (const { peer, process: child, stepsPerTurn, stepMs, cpuMs, hostMs, loss } of contenders) {
    child.close();
    const host = hostMs.length > 0 ? spreadOf(hostMs) : null;
    results.push({
      peer,
      isMeasured: true,
      description: child.description,
      stepsPerTurn,
      stepMs: spreadOf(stepMs),
      cpuMs: spreadOf(cpuMs),
      hostMs: host,
      loss,
    });
  }
  return results;
}

/** Starts a peer, warms it up and finds out how many steps fill a turn. */
async function prepare(peer: PeerName, workload: WorkloadName, options: MeasureOptions): Promise<Contender | string> {
  let reason = "";
  for (const command of peerCommands(peer, workload, options.threads)) {
    const child = await PeerProcess.start(command);
    if (typeof child === "string") {
      reason = child;
      continue;
    }
    try {
      const nothing = { peer, process: child, stepMs: [], cpuMs: [], hostMs: [] };
      const first = await child.run(1);
      if (first.totalMs > SLOW_STEP_MS) return { ...nothing, stepsPerTurn: 1, turns: 1, loss: first.loss };
      const warm = await warmUp(child);
      return {
        ...nothing,
        stepsPerTurn: Math.max(1, Math.round(options.turnMs / warm.stepMs)),
        turns: options.rounds,
        loss: warm.loss,
      };
    } catch (error) {
      child.close();
      return error instanceof Error ? error.message : String(error);
    }
  }
  return reason;
}

/** Until compilers, allocators and caches have settled. */
async function warmUp(child: PeerProcess): Promise<{ readonly stepMs: number; readonly loss: number }> {
  const start = performance.now();
  for (let steps = 2; ; steps = Math.min(steps * 2, 64)) {
    const { totalMs, loss } = await child.run(steps);
    if (performance.now() - start > WARM_UP_MS) return { stepMs: totalMs / steps, loss };
  }
}

async function takeTurn(contender: Contender): Promise<void> {
  const { totalMs, cpuMs, hostMs, loss } = await contender.process.run(contender.stepsPerTurn);
  contender.stepMs.push(totalMs / contender.stepsPerTurn);
  contender.cpuMs.push(cpuMs / contender.stepsPerTurn);
  if (hostMs !== null) contender.hostMs.push(hostMs / contender.stepsPerTurn);
  contender.loss = loss;
}
