import type { GraphBuffer } from "../contract/graph-buffer.js";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";
import type { LogSegment } from "./commit-log.js";
import type { Run } from "./run.js";

/** A run, and the nodes that it computes. */
export interface RunOfNodes extends Run {
  readonly nodes: readonly LazyNode[];
  /** Positions among `nodes` of those whose check number i + 1 in the run's flag stands for. */
  readonly checks: readonly number[];
}

/** A program that writes into the buffer of one of its inputs. */
interface TakeOver {
  readonly from: LazyData;
  readonly to: LazyData;
  /** The run that writes what `from` had in it. */
  readonly run: Run | undefined;
}

/**
 * Everything that was started at once: graphs, and the programs between and behind them.
 * It is committed as a whole or fails as a whole; until one of the two is known, it holds what a failure would need.
 */
export class Flush {
  /** Different from every other flush's. */
  readonly id = nextId++;
  readonly epoch: number;
  /** In the order of recording. */
  nodes: readonly LazyNode[];
  runs: RunOfNodes[] = [];
  /** What its commit makes final, and what its failure takes back, in the order in which it happened. */
  readonly log: LogSegment;
  takeOvers: TakeOver[] = [];
  /** All its runs have been started. */
  isStarted = false;
  isSettled = false;
  readonly #held: LazyData[] = [];

  constructor(epoch: number, nodes: readonly LazyNode[], log: LogSegment) {
    this.epoch = epoch;
    this.nodes = nodes;
    this.log = log;
  }

  /** Keeps the content until the flush is settled. */
  hold(data: LazyData): void {
    data.holds++;
    this.#held.push(data);
  }

  /** @returns the buffer */
  takeOver(from: LazyData, to: LazyData): GraphBuffer | undefined {
    this.hold(to);
    this.takeOvers.push({ from, to, run: from.run });
    return from.release();
  }

  /**
   * Lets go of everything: it is committed. A flush that was old enough for the garbage collector to move it would
   * otherwise keep its whole step, and all that is collected later, until the next full collection.
   */
  forget(): void {
    this.nodes = [];
    this.runs = [];
    this.takeOvers = [];
    this.log.entries = [];
  }

  /** What it has held; the caller sees to it that what nobody needs any more is freed. */
  takeHeld(): LazyData[] {
    const held = this.#held.splice(0);
    for (const data of held) data.holds--;
    return held;
  }
}

let nextId = 0;
