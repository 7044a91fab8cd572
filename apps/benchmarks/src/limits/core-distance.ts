import { once } from "node:events";
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { type Spread, spreadOf } from "../report/spread.js";

/** Places in the memory that both threads see, far enough from each other for lines of their own. */
const CELL = { turn: 0, number: 64 };
const CELLS = 128;
/** Of numbers, there and back, that are timed together. */
const BLOCK = 500;
/** The best one counts: while the other thread wakes up or is interrupted, this one waits. */
const BLOCKS = 8;
const EXCHANGES = BLOCK * BLOCKS;
/** Where other programs keep the cores busy, each side waits for the other one to be scheduled. */
const LONGEST_TURN_MS = 20;
/** Until V8 has compiled both loops. */
const WARM_UP_TURNS = 5;
const LOOKS_BETWEEN_CLOCKS = 4096;
/** Tells the other side to stop answering. */
const STOP = -1;

/**
 * How long a number takes from one core to another and back. The cores of a virtual machine may lie beside one cache at
 * one time and beside two at another, as the host puts them. What one thread has read, another one then overwrites four
 * times as slowly, so that only figures of one distance can be compared.
 */
export class CoreDistance {
  readonly #cells = new Int32Array(new SharedArrayBuffer(CELLS * 4));
  readonly #worker: Worker;
  readonly #measured: number[] = [];

  private constructor() {
    this.#worker = new Worker(new URL("./core-distance-worker.js", import.meta.url), {
      workerData: { cells: this.#cells, cell: CELL, exchanges: EXCHANGES, stop: STOP },
      execArgv: [],
    });
  }

  /** `undefined` where there is one core only. */
  static async start(): Promise<CoreDistance | undefined> {
    if (availableParallelism() < 2) return undefined;
    const distance = new CoreDistance();
    await once(distance.#worker, "message");
    for (let turn = 0; turn < WARM_UP_TURNS; turn += 1) distance.#exchange();
    return distance;
  }

  /** Blocks for about a millisecond, in which two cores are busy; on a busy machine it gives up after 20. */
  measure(): void {
    const ns = this.#exchange();
    if (Number.isFinite(ns)) this.#measured.push(ns);
  }

  /** Nanoseconds there and back, of what was measured since the last call; `null` where nothing was. */
  take(): Spread | null {
    return this.#measured.length > 0 ? spreadOf(this.#measured.splice(0)) : null;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Nanoseconds there and back; infinite if the machine was too busy to tell. */
  #exchange(): number {
    const cells = this.#cells;
    Atomics.store(cells, CELL.number, 0);
    Atomics.add(cells, CELL.turn, 1);
    Atomics.notify(cells, CELL.turn);
    const endMs = performance.now() + LONGEST_TURN_MS;
    let bestMs = Number.POSITIVE_INFINITY;
    for (let block = 0; block < BLOCKS; block += 1) {
      const startMs = performance.now();
      for (let exchange = block * BLOCK; exchange < (block + 1) * BLOCK; exchange += 1) {
        Atomics.store(cells, CELL.number, 2 * exchange + 1);
        for (let looks = 1; Atomics.load(cells, CELL.number) !== 2 * exchange + 2; looks += 1) {
          if (looks % LOOKS_BETWEEN_CLOCKS !== 0 || performance.now() < endMs) continue;
          Atomics.store(cells, CELL.number, STOP);
          return (bestMs * 1e6) / BLOCK;
        }
      }
      bestMs = Math.min(bestMs, performance.now() - startMs);
    }
    return (bestMs * 1e6) / BLOCK;
  }
}
