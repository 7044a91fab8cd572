import { CollectiveMismatchError } from "../../errors/collective-mismatch-error.js";
import { CollectiveTimeoutError } from "../../errors/collective-timeout-error.js";
import { RankFailedError } from "../../errors/rank-failed-error.js";
import type { JoinedRanks, SharedMemory } from "../../ports/ranks.js";
import { Channel, type ChannelWatch } from "./channel.js";
import { ChannelLayout, WorldLayout } from "./layout.js";
import type { PendingCall } from "./pending-call.js";
import { RankBoard } from "./rank-board.js";
import { SharedRegions } from "./shared-regions.js";

/** How often a rank that waits looks whether the others' processes are there. */
const LOOK_MS = 100;

export interface WorldPlace {
  readonly rank: number;
  readonly worldSize: number;
  /** @default 0.03 */
  readonly spinMs?: number | undefined;
}

/** All ranks of one machine, their board, and the channels between them. One for a process, as long as it lives. */
export class World {
  readonly rank: number;
  readonly worldSize: number;
  readonly board: RankBoard;
  /** The channel of all ranks. */
  readonly all: Channel;
  readonly regions: SharedRegions;
  readonly #joined: JoinedRanks;
  readonly #layout: WorldLayout;
  readonly #pairs = new Map<number, Channel>();
  readonly #watch: ChannelWatch;
  readonly #rings: (() => void)[] = [];
  #groupsByte: number;
  #lookedAt = 0;

  constructor(joined: JoinedRanks, { rank, worldSize, spinMs = 0.03 }: WorldPlace) {
    this.rank = rank;
    this.worldSize = worldSize;
    this.#joined = joined;
    this.#layout = new WorldLayout(worldSize);
    this.#groupsByte = this.#layout.groupsByte;
    this.regions = new SharedRegions(worldSize, (sizeBytes) => this.#openNext(sizeBytes).buffer);
    this.board = new RankBoard(joined.open(0, this.#layout.boardBytes).buffer, worldSize);
    this.#watch = this.#makeWatch(spinMs);
    const ranks = Array.from({ length: worldSize }, (_, each) => each);
    this.all = this.#open(this.#layout.boardBytes, this.#layout.world, ranks);
    this.board.arrive(rank, joined.own);
  }

  /** The channel of this rank and another. */
  pairWith(other: number): Channel {
    const known = this.#pairs.get(other);
    if (known !== undefined) return known;
    const [low, high] = [Math.min(this.rank, other), Math.max(this.rank, other)];
    const channel = this.#open(this.#layout.pairByte(low, high), this.#layout.pair, [low, high]);
    this.#pairs.set(other, channel);
    return channel;
  }

  /** The channel of some ranks. All ranks of the world call this in the same order; others than members get none. */
  openGroup(ranks: readonly number[]): Channel | undefined {
    const layout = new ChannelLayout(ranks.length);
    const at = this.#groupsByte;
    this.#groupsByte += layout.sizeBytes;
    return ranks.includes(this.rank) ? this.#open(at, layout, ranks) : undefined;
  }

  /** What this rank is at, for the others' messages. */
  setPhase(phase: string): void {
    this.board.setPhase(this.rank, phase);
  }

  /** Says that a rank will not make any call more, and wakes those who wait. */
  end(rank: number, status: "failed" | "left", how: string, culprit: number = rank): void {
    this.board.end(rank, status, how, culprit);
    for (const ring of this.#rings) ring();
  }

  /** Memory behind all that was opened before. */
  #openNext(sizeBytes: number): SharedMemory {
    const at = this.#groupsByte;
    this.#groupsByte += sizeBytes;
    return this.#joined.open(at, sizeBytes);
  }

  #open(offsetBytes: number, layout: ChannelLayout, ranks: readonly number[]): Channel {
    const memory = this.#joined.open(offsetBytes, layout.sizeBytes);
    this.#rings.push(() => memory.ring(0));
    return new Channel({ memory, layout, ranks, member: ranks.indexOf(this.rank), watch: this.#watch });
  }

  #makeWatch(spinMs: number): ChannelWatch {
    const { board, rank } = this;
    return {
      spinMs,
      enter: (call) => board.enterCall(rank, call.number, call.operation),
      leave: () => board.leaveCall(rank),
      problemOf: (call, missing) => this.#endedRank(call, missing) ?? this.#lateRank(call, missing),
      mismatchOf: (call, other, calls) =>
        new CollectiveMismatchError({ ...this.#details(call, other), ownRank: rank, calls }),
      giveUp: (error) => this.end(rank, "failed", error.message, blamedRankOf(error) ?? rank),
    };
  }

  #details(call: PendingCall, blamedRank: number) {
    const phase = this.board.phaseOf(this.rank);
    return { blamedRank, operation: call.operation, sequenceNumber: call.number, phase };
  }

  #endedRank(call: PendingCall, missing: readonly number[]): Error | undefined {
    this.#lookForDead(missing);
    for (let rank = 0; rank < this.worldSize; rank += 1) {
      const status = this.board.statusOf(rank);
      if (rank === this.rank || !(status === "failed" || (status === "left" && missing.includes(rank)))) continue;
      const blamed = this.#firstCause(rank);
      const how = `${this.board.whereabouts(blamed)}: ${this.board.endingOf(blamed) || this.board.endingOf(rank)}`;
      return new RankFailedError({ ...this.#details(call, blamed), ownRank: this.rank, how });
    }
    return undefined;
  }

  /** A rank that failed only because of a third one is not to blame. Nobody blames itself for what others say. */
  #firstCause(rank: number): number {
    const cause = this.board.culpritOf(rank);
    return cause === this.rank ? rank : cause;
  }

  /** A killed process says nothing, and its parent may be waiting too. */
  #lookForDead(missing: readonly number[]): void {
    const now = performance.now();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    for (const rank of missing) {
      if (this.board.statusOf(rank) !== "running" || this.#joined.isRunning(this.board.processOf(rank))) continue;
      this.end(rank, "failed", "its process is gone without a word, as when it is killed or out of memory");
    }
  }

  #lateRank(call: PendingCall, [missing = 0]: readonly number[]): Error | undefined {
    if (performance.now() < call.deadline) return undefined;
    return new CollectiveTimeoutError({
      ...this.#details(call, missing),
      ownRank: this.rank,
      timeoutMs: call.timeoutMs,
      whereabouts: this.board.whereabouts(missing),
    });
  }
}

function blamedRankOf(error: Error): number | undefined {
  const isOfRank =
    error instanceof RankFailedError ||
    error instanceof CollectiveTimeoutError ||
    error instanceof CollectiveMismatchError;
  return isOfRank ? error.blamedRank : undefined;
}
