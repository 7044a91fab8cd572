import type { CoreDistance } from "./limits/core-distance.js";
import { PeerProcess } from "./peers/peer-process.js";
import { COMPARED_LEARNING_RATE } from "./peers/protocol.js";
import { peerCommands, type PeerName, type PeerTask } from "./peers/peers.js";
import { type Spread, spreadOf } from "./report/spread.js";
import { differentLosses } from "./different-losses.js";
import type { Workload } from "./workloads/workload.js";

export interface MeasureOptions {
  readonly threads: number;
  /** Weights and batch that all peers start from. */
  readonly startFile: string;
  /** Rounds in which every peer has its turn. */
  readonly rounds: number;
  /** How long a peer's turn should take. */
  readonly turnMs: number;
  /** Is measured before every round. */
  readonly coreDistance: CoreDistance | undefined;
}

export interface Measurement {
  readonly results: readonly PeerResult[];
  /** Nanoseconds from one core to another and back; `null` where that is not known. */
  readonly coresApartNs: Spread | null;
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
      /** Milliseconds of the very first step, compiling included. */
      readonly firstMs: number;
      /** Of the steps before time was taken, at a learning rate that shows in them. */
      readonly losses: readonly number[];
    };

/** A peer slower than this gets one step a turn, and one turn. */
const SLOW_STEP_MS = 5000;
const WARM_UP_MS = 4000;
const COMPARED_STEPS = 5;

interface Contender {
  readonly peer: PeerName;
  readonly process: PeerProcess;
  readonly stepsPerTurn: number;
  readonly turns: number;
  readonly stepMs: number[];
  readonly cpuMs: number[];
  readonly hostMs: number[];
  readonly firstMs: number;
  readonly losses: readonly number[];
}

/**
 * Lets the peers take turns on one workload, so that what happens to the machine meanwhile meets all of them. A peer
 * whose losses are not the first one's is not timed.
 */
export async function measure(
  workload: Workload,
  peers: readonly PeerName[],
  options: MeasureOptions,
): Promise<Measurement> {
  const results: PeerResult[] = [];
  const contenders: Contender[] = [];
  for (const peer of peers) {
    const contender = await prepare(peer, { ...options, workload: workload.name });
    const reason =
      typeof contender === "string" || workload.isRandom
        ? contender
        : differentLosses(contenders[0]?.losses ?? contender.losses, contender.losses);
    if (typeof reason === "string") {
      if (typeof contender !== "string") contender.process.close();
      results.push({ peer, isMeasured: false, reason });
    } else if (typeof contender !== "string") contenders.push(contender);
  }
  for (let round = 0; round < options.rounds; round += 1) {
    options.coreDistance?.measure();
    for (const contender of contenders) if (round < contender.turns) await takeTurn(contender);
  }
  for (const { peer, process: child, stepsPerTurn, stepMs, cpuMs, hostMs, firstMs, losses } of contenders) {
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
      firstMs,
      losses,
    });
  }
  return { results, coresApartNs: options.coreDistance?.take() ?? null };
}

/** Starts a peer, warms it up and finds out how many steps fill a turn. */
async function prepare(peer: PeerName, task: PeerTask & MeasureOptions): Promise<Contender | string> {
  let reason = "";
  for (const command of peerCommands(peer, task)) {
    const child = await PeerProcess.start(command);
    if (typeof child === "string") {
      reason = child;
      continue;
    }
    try {
      const first = await child.run(1, COMPARED_LEARNING_RATE);
      const losses = [first.loss];
      const known = { peer, process: child, firstMs: first.totalMs, losses, stepMs: [], cpuMs: [], hostMs: [] };
      if (first.totalMs > SLOW_STEP_MS) return { ...known, stepsPerTurn: 1, turns: 1 };
      while (losses.length < COMPARED_STEPS) losses.push((await child.run(1, COMPARED_LEARNING_RATE)).loss);
      const stepMs = await warmUp(child);
      return { ...known, stepsPerTurn: Math.max(1, Math.round(task.turnMs / stepMs)), turns: task.rounds };
    } catch (error) {
      child.close();
      return error instanceof Error ? error.message : String(error);
    }
  }
  return reason;
}

/** Until compilers, allocators and caches have settled. */
async function warmUp(child: PeerProcess): Promise<number> {
  const start = performance.now();
  for (let steps = 2; ; steps = Math.min(steps * 2, 64)) {
    const { totalMs } = await child.run(steps);
    if (performance.now() - start > WARM_UP_MS) return totalMs / steps;
  }
}

async function takeTurn(contender: Contender): Promise<void> {
  const { totalMs, cpuMs, hostMs } = await contender.process.run(contender.stepsPerTurn);
  contender.stepMs.push(totalMs / contender.stepsPerTurn);
  contender.cpuMs.push(cpuMs / contender.stepsPerTurn);
  if (hostMs !== null) contender.hostMs.push(hostMs / contender.stepsPerTurn);
}
