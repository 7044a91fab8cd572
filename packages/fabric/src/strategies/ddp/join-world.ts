import { MisconfigurationError } from "@lightning-ts/core";
import { World } from "../../collectives/shared/world.js";
import type { RankProcesses } from "../../ports/ranks.js";

export interface WorldRequest {
  readonly localRank: number;
  readonly worldSize: number;
  readonly timeoutMs: number;
  readonly variablesOf: (localRank: number) => Readonly<Record<string, string>>;
}

/** The ranks of this machine as this process sees them, and its share of the machine. */
export interface JoinedWorld {
  readonly world: World;
  readonly threads: number;
}

const joined = new WeakMap<RankProcesses, Promise<JoinedWorld>>();

/**
 * Joins the ranks of this machine, once for the process: later strategies train in the same world.
 * @throws MisconfigurationError where that has another number of ranks
 */
export async function joinWorld(ranks: RankProcesses, request: WorldRequest): Promise<JoinedWorld> {
  const joining = joined.get(ranks) ?? join(ranks, request);
  joined.set(ranks, joining);
  const found = await joining;
  if (found.world.worldSize === request.worldSize) return found;
  throw new MisconfigurationError({
    code: "LIT_RANKS",
    message: "This process trains with a fixed number of others, which the first launch chose.",
    expected: `devices: ${found.world.worldSize}, or 1`,
    received: `devices: ${request.worldSize}`,
  });
}

async function join(ranks: RankProcesses, request: WorldRequest): Promise<JoinedWorld> {
  const { localRank, worldSize, timeoutMs, variablesOf } = request;
  const own: { world?: World } = {};
  const listener = {
    onChildEnd: (rank: number, how: string) => own.world?.end(rank, "left", how),
    onExit: (code: number) => own.world?.end(localRank, code === 0 ? "left" : "failed", `it exited with code ${code}`),
    hasFailed: (rank: number) => own.world?.board.statusOf(rank) === "failed",
    onUncaught: (error: unknown) => own.world?.end(localRank, "failed", String(error)),
  };
  const found = await ranks.join({ localRank, localRanks: worldSize, variablesOf, timeoutMs, listener });
  const world = new World(found, { rank: localRank, worldSize });
  own.world = world;
  return { world, threads: found.threads };
}
