import { MisconfigurationError } from "@lightning-ts/core";
import type { Collective } from "../../collectives/collective.js";
import { MpiCollective } from "../../collectives/mpi/mpi-collective.js";
import { SharedMemoryCollective } from "../../collectives/shared/shared-memory-collective.js";
import { World } from "../../collectives/shared/world.js";
import type { ClusterEnvironment } from "../../environments/cluster-environment.js";
import type { MessagePassing } from "../../ports/message-passing.js";
import type { Ports } from "../../ports/ports.js";
import type { RankProcesses } from "../../ports/ranks.js";

export interface WorldRequest {
  readonly rank: number;
  readonly worldSize: number;
  /** How many of the ranks are on this machine. */
  readonly localRanks: number;
  readonly environment: ClusterEnvironment;
  readonly timeoutMs: number;
}

/** The ranks as this process sees them, whatever connects them. One for a process, as long as it lives. */
export interface RankWorld {
  readonly worldSize: number;
  /** This process's share of the machine. */
  readonly threads: number;
  /** What this rank is at, for the others' messages. */
  setPhase(phase: string): void;
  /** Says that this rank has failed by itself, and makes no call more. */
  fail(how: string): void;
  openCollective(timeoutMs: number): Collective;
}

const joined = new WeakMap<RankProcesses | MessagePassing, Promise<RankWorld>>();

/** Whether somebody else has started all ranks, so that they cannot be children of the first one. */
export function isStartedByOthers({ createsProcessesExternally, worldSize }: ClusterEnvironment): boolean {
  return createsProcessesExternally && worldSize > 1;
}

/**
 * Joins the other ranks, once for the process: later strategies train in the same world. Where a cluster has started
 * all of them, MPI connects them; otherwise this process starts them, and they share memory.
 * @throws MisconfigurationError where the world has another number of ranks already, and where nothing can connect them
 */
export async function joinWorld(ports: Ports, request: WorldRequest): Promise<RankWorld> {
  const { ranks, messagePassing } = ports;
  const isByOthers = isStartedByOthers(request.environment);
  const port = isByOthers ? messagePassing : ranks;
  const joining =
    (port && joined.get(port)) ?? (isByOthers ? overMpi(messagePassing, request) : onMachine(ranks, request));
  if (port !== undefined) joined.set(port, joining);
  const found = await joining;
  if (found.worldSize === request.worldSize) return found;
  throw new MisconfigurationError({
    code: "LIT_RANKS",
    message: "This process trains with a fixed number of others, which the first launch chose.",
    expected: `devices: ${found.worldSize}, or 1`,
    received: `devices: ${request.worldSize}`,
  });
}

async function overMpi(port: MessagePassing | undefined, request: WorldRequest): Promise<RankWorld> {
  if (port === undefined) throw noPort("reaches processes that a cluster started", "messagePassing");
  const { rank, worldSize, localRanks, environment, timeoutMs } = request;
  const processes = await port.join({ rank, worldSize, localRanks, timeoutMs, startedBy: environment.name });
  return {
    worldSize,
    threads: processes.threads,
    setPhase: (phase) => processes.setPhase(phase),
    fail: (how) => processes.end("failed", how),
    openCollective: (callTimeoutMs) => new MpiCollective(processes, { timeoutMs: callTimeoutMs }),
  };
}

async function onMachine(ranks: RankProcesses | undefined, request: WorldRequest): Promise<RankWorld> {
  if (ranks === undefined) throw noPort("starts processes", "ranks");
  const { rank: localRank, worldSize, timeoutMs, environment } = request;
  const own: { world?: World } = {};
  const listener = {
    onChildEnd: (rank: number, how: string) => own.world?.end(rank, "left", how),
    onExit: (code: number) => own.world?.end(localRank, code === 0 ? "left" : "failed", `it exited with code ${code}`),
    hasFailed: (rank: number) => own.world?.board.statusOf(rank) === "failed",
    onUncaught: (error: unknown) => own.world?.end(localRank, "failed", String(error)),
  };
  const variablesOf = (local: number) => ({
    LOCAL_RANK: String(local),
    NODE_RANK: "0",
    WORLD_SIZE: String(worldSize),
    MASTER_ADDR: environment.mainAddress,
    MASTER_PORT: String(environment.mainPort),
  });
  const found = await ranks.join({ localRank, localRanks: worldSize, variablesOf, timeoutMs, listener });
  const world = new World(found, { rank: localRank, worldSize });
  own.world = world;
  return {
    worldSize,
    threads: found.threads,
    setPhase: (phase) => world.setPhase(phase),
    fail: (how) => world.end(localRank, "failed", how),
    openCollective: (callTimeoutMs) => new SharedMemoryCollective(world, { timeoutMs: callTimeoutMs }),
  };
}

function noPort(what: string, name: string): MisconfigurationError {
  return new MisconfigurationError({
    code: "LIT_RANKS",
    message: `Several ranks cannot train together here: nothing in the ports ${what}.`,
    expected: `the port ${name}`,
    tryThis: "devices: 1.",
  });
}
