import { crossingCounts } from "./crossing-counts.js";
import { findRepetition, type Repetition } from "./find-repetition.js";
import type { LazyNode } from "./lazy-node.js";
import { lookOf, looksOf } from "./looks-of.js";
import type { PendingNodes } from "./pending-nodes.js";

/** Recorded nodes after which a loop that neither reads nor submits is looked for. */
const FIRST_LOOK = 256;
/**
 * Whole steps of a loop are put together up to about this many nodes: starting a graph takes as long as recording a
 * few.
 */
const CHUNK = 192;
/**
 * Recorded nodes after which it counts as a loop even if every step leaves more results behind, as layers of one step
 * do.
 */
const PATIENCE = 2048;

/** Places at the beginning of what was recorded that are to run as one graph. */
export interface Cut {
  readonly end: number;
  /** Places of a step, if it is made of whole steps of a loop. */
  readonly period?: number;
}

interface Loop {
  /** What the places of a step look like. */
  readonly pattern: Int32Array;
  readonly chunk: number;
  /** Places that must follow before a chunk runs: by then nobody holds what only its last step left behind. */
  readonly lag: number;
}

/**
 * Watches what is recorded for loops that neither read nor submit. What came before the loop runs as one graph; then
 * whole steps run, as many at a time as make a graph worthwhile, and always as many: these graphs have the same
 * structure.
 */
export class LoopWatch {
  readonly #pending: PendingNodes;
  readonly #maxNodes: number;
  #loop: Loop | undefined;
  #nextLook: number;

  constructor(pending: PendingNodes, maxGraphNodes: number) {
    this.#pending = pending;
    this.#maxNodes = maxGraphNodes;
    this.#nextLook = Math.min(FIRST_LOOK, maxGraphNodes);
  }

  /** Whether so much was recorded that `nextCut` should be asked. */
  get isDue(): boolean {
    return this.#pending.length >= this.#nextLook;
  }

  /** To be called when recorded nodes have run for another reason: steps are counted from there. */
  restart(): void {
    this.#loop = undefined;
    this.#nextLook = Math.min(FIRST_LOOK, this.#maxNodes);
  }

  /** What should run now, if anything. The caller runs and drops it, and asks again. */
  nextCut(): Cut | undefined {
    if (!this.isDue) return undefined;
    const loop = this.#loop;
    if (loop !== undefined) {
      if (isMadeOf(loop.pattern, this.#pending.places)) return { end: loop.chunk, period: loop.pattern.length };
      this.#loop = undefined;
    }
    return this.#findLoop();
  }

  #findLoop(): Cut | undefined {
    const { length, alive } = this.#pending;
    if (alive < length / 2) {
      this.#pending.sweep();
      this.#lookLater();
      return undefined;
    }
    const { places } = this.#pending;
    const looks = looksOf(places);
    const repeats = this.#repeatsNeeded(length);
    const repetition = findRepetition(looks, repeats);
    const start = repetition === undefined ? undefined : startOfStep(repetition, places, repeats);
    if (repetition === undefined || start === undefined) {
      this.#lookLater();
      return length >= this.#maxNodes ? { end: length } : undefined;
    }
    const { period } = repetition;
    const pattern = looks.slice(start, start + period);
    const chunk = places.some(isProgram)
      ? period
      : period * Math.max(1, Math.round(Math.min(CHUNK, this.#maxNodes / 2) / period));
    const lag = Math.max(1, Math.min(period, this.#maxNodes - chunk));
    this.#loop = { pattern, chunk, lag };
    this.#nextLook = chunk + lag;
    if (start === 0) return this.nextCut();
    // With the first step of the loop: after it all of the loop's variables are results, as they are for all later
    // steps.
    return { end: start + period < length ? start + period : start };
  }

  /** How often a step must come before it counts as one. */
  #repeatsNeeded(length: number): number {
    if (length >= this.#maxNodes) return 1;
    return length >= PATIENCE ? 2 : 4;
  }

  #lookLater(): void {
    const { length } = this.#pending;
    this.#nextLook =
      length >= this.#maxNodes
        ? Math.min(FIRST_LOOK, this.#maxNodes)
        : Math.min(this.#maxNodes, Math.max(FIRST_LOOK, 2 * length));
  }
}

/**
 * Where the first whole step of a loop begins: where least is handed on. `undefined` if this may be part of a larger
 * step: it is not even half of what was recorded, or every repetition leaves more results behind, as layers do.
 */
function startOfStep({ start, period }: Repetition, places: readonly LazyNode[], repeats: number): number | undefined {
  const repeated = places.length - start;
  if (repeated < places.length / 2) return undefined;
  const crossing = crossingCounts(places);
  // Late ones: in the first some of the loop's variables still have the values that they began with. But a whole one
  // must follow.
  const first = places.length - (repeats > 2 ? 3 : Math.min(2, repeated / period)) * period;
  let best = first + period;
  for (let place = first + 1; place < first + period; place++)
    if (at(crossing, place) < at(crossing, best)) best = place;
  if (repeats > 2 && at(crossing, best + period) > at(crossing, best)) return undefined;
  return start + ((best - start) % period);
}

/** Whether everything recorded is the pattern, again and again. */
function isMadeOf(pattern: Int32Array, nodes: readonly LazyNode[]): boolean {
  return nodes.every((node, place) => lookOf(node) === pattern[place % pattern.length]);
}

function isProgram(node: LazyNode): boolean {
  return node.program !== undefined;
}

function at(counts: Int32Array, place: number): number {
  return counts[place] ?? 0;
}
