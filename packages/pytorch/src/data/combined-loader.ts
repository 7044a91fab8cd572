import { describeValue, MisconfigurationError, rejectUnknownOptions } from "@lightning-ts/core";
import type { BatchSource } from "../words/batch-source.js";
import {
  featuresOf,
  flattenLoaders,
  lengthOf,
  type LoaderTree,
  mapLoaders,
  openSource,
  rebuildTree,
} from "./loader-tree.js";

/** How several loaders become one. */
export type CombineMode = "min_size" | "max_size_cycle" | "max_size" | "sequential";

/** A batch, its number, and, in sequential mode, the number of its loader. */
export type CombinedItem = readonly [batch: unknown, batchIdx: number, dataloaderIdx: number];

const MODES: readonly CombineMode[] = ["min_size", "max_size_cycle", "max_size", "sequential"];

/**
 * Iterates over several loaders at once, or one after another (`"sequential"`).
 * `"min_size"` ends with the shortest; `"max_size_cycle"` with the longest, starting the others again;
 * `"max_size"` with the longest, with `undefined` in the place of those that have ended.
 * Except in sequential mode a batch has the form of `iterables`.
 * @example
 * ```ts
 * import { ArrayDataset, DataLoader } from "@lightning-ts/core";
 * import { CombinedLoader } from "@lightning-ts/pytorch";
 *
 * const loader = (length: number) => new DataLoader(new ArrayDataset([...Array(length).keys()]), { batchSize: 2 });
 * const combined = new CombinedLoader({ labelled: loader(4), unlabelled: loader(8) }, "max_size_cycle");
 * for await (const [batch, batchIdx] of combined) console.log(batchIdx, batch);
 * ```
 */
export class CombinedLoader implements AsyncIterable<CombinedItem> {
  readonly iterables: LoaderTree;
  readonly mode: CombineMode;
  readonly flattened: readonly BatchSource<unknown>[];
  #limits: readonly number[] | undefined;
  readonly #running = new Set<AsyncGenerator<CombinedItem>>();

  constructor(iterables: LoaderTree, options: CombineMode | { readonly mode?: CombineMode | undefined } = {}) {
    if (typeof options !== "string") rejectUnknownOptions("CombinedLoader", options, ["mode"]);
    const mode = typeof options === "string" ? options : (options.mode ?? "min_size");
    if (!MODES.includes(mode))
      throw new MisconfigurationError({
        message: "CombinedLoader does not know this mode.",
        expected: MODES.map((name) => `"${name}"`).join(", "),
        received: describeValue(mode),
      });
    this.iterables = iterables;
    this.mode = mode;
    this.flattened = flattenLoaders(iterables);
  }

  /** At most so many batches of each loader. */
  get limits(): readonly number[] | undefined {
    return this.#limits;
  }

  set limits(limits: readonly number[] | undefined) {
    if (limits !== undefined && limits.length !== this.flattened.length) {
      throw new MisconfigurationError({
        message: "CombinedLoader needs one limit for each loader.",
        expected: `${this.flattened.length} limits`,
        received: `${limits.length}`,
      });
    }
    this.#limits = limits;
  }

  /** Batches of each loader after its limit; `Infinity` where unknown. */
  get lengths(): readonly number[] {
    return this.flattened.map((source, index) =>
      Math.min(lengthOf(source), this.#limits?.[index] ?? Number.POSITIVE_INFINITY),
    );
  }

  get length(): number {
    const { lengths } = this;
    if (lengths.length === 0) return 0;
    if (this.mode === "sequential") return lengths.reduce((sum, length) => sum + length, 0);
    return this.mode === "min_size" ? Math.min(...lengths) : Math.max(...lengths);
  }

  /** A loader of the same form and mode, with what `change` makes of each of its loaders. */
  withLoaders(change: (loader: BatchSource<unknown>) => BatchSource<unknown>): CombinedLoader {
    const changed = new CombinedLoader(mapLoaders(this.iterables, change), this.mode);
    changed.#limits = this.#limits;
    return changed;
  }

  /** The states of the loaders, in order; null for one that has none. */
  state(): unknown[] {
    return this.flattened.map((source) => featuresOf(source).state?.() ?? null);
  }

  /** Puts every loader back to where it was. @throws MisconfigurationError when there were more or fewer loaders */
  restore(states: readonly unknown[]): void {
    if (states.length !== this.flattened.length)
      throw new MisconfigurationError({
        code: "LIT_RESUME",
        message: "CombinedLoader cannot be restored from the states of other loaders.",
        expected: `${this.flattened.length} states`,
        received: `${states.length}`,
      });
    for (const [index, source] of this.flattened.entries()) {
      const state = states[index];
      if (state !== null && state !== undefined) featuresOf(source).restore?.(state);
    }
  }

  /** `state`, under PyTorch's name. */
  stateDict(): unknown[] {
    return this.state();
  }

  /** `restore`, under PyTorch's name. */
  loadStateDict(states: readonly unknown[]): void {
    this.restore(states);
  }

  /** Ends the iterations that are under way, and lets go of what their loaders hold. */
  async reset(): Promise<void> {
    await Promise.all([...this.#running].map((iteration) => iteration.return(undefined)));
    for (const source of this.flattened) await featuresOf(source).shutdownWorkers?.();
  }

  [Symbol.asyncIterator](): AsyncIterator<CombinedItem> {
    return this.#run(this.mode === "sequential" ? this.#inSequence() : this.#together(0, new Set()));
  }

  /**
   * For the Trainer: goes on in the middle of an epoch, except in sequential mode.
   * @param start number of the first batch
   * @param restored loaders that are there already; the others are read and dropped up to there
   */
  from(start: number, restored: ReadonlySet<BatchSource<unknown>>): AsyncIterableIterator<CombinedItem> {
    return this.#run(this.#together(start, restored));
  }

  async *#run(iteration: AsyncGenerator<CombinedItem>): AsyncGenerator<CombinedItem> {
    this.#running.add(iteration);
    try {
      yield* iteration;
    } finally {
      this.#running.delete(iteration);
    }
  }

  async *#inSequence(): AsyncGenerator<CombinedItem> {
    for (const [dataloaderIdx, source] of this.flattened.entries()) {
      const limit = this.#limits?.[dataloaderIdx] ?? Number.POSITIVE_INFINITY;
      let batchIdx = 0;
      if (limit === 0) continue;
      for await (const batch of source) {
        yield [batch, batchIdx, dataloaderIdx];
        batchIdx += 1;
        if (batchIdx >= limit) break;
      }
    }
  }

  async *#together(start: number, restored: ReadonlySet<BatchSource<unknown>>): AsyncGenerator<CombinedItem> {
    const parts = this.flattened.map(
      (source, index) => new Part(source, this.#limits?.[index] ?? Number.POSITIVE_INFINITY),
    );
    try {
      for (const [index, part] of parts.entries()) {
        const source = this.flattened[index];
        if (source !== undefined && restored.has(source)) part.resumeAt(start, lengthOf(source));
        else for (let skipped = 0; skipped < start; skipped += 1) await part.next(this.mode === "max_size_cycle");
      }
      for (let batchIdx = start; ; batchIdx += 1) {
        const batches: unknown[] = [];
        for (const part of parts) batches.push(await part.next(this.mode === "max_size_cycle"));
        const isOver =
          this.mode === "min_size" ? parts.some((part) => part.hasEnded) : parts.every((part) => part.hasEnded);
        if (isOver) return;
        yield [rebuildTree(this.iterables, batches), batchIdx, 0];
      }
    } finally {
      for (const part of parts) await part.close();
    }
  }
}

/** One source or several. Evaluation runs several one after another. */
export type BatchSources<TBatch> = BatchSource<TBatch> | readonly BatchSource<TBatch>[] | CombinedLoader;

/** One loader among several that advance together. */
class Part {
  readonly #source: BatchSource<unknown>;
  readonly #limit: number;
  #iterator: AsyncIterator<unknown> | Iterator<unknown>;
  #position = 0;
  hasEnded = false;

  constructor(source: BatchSource<unknown>, limit: number) {
    this.#source = source;
    this.#limit = limit;
    this.#iterator = openSource(source);
  }

  /** The source stands after so many batches by itself, perhaps not in its first round. */
  resumeAt(batches: number, length: number): void {
    const round = Math.min(length, this.#limit);
    this.hasEnded = batches > round;
    this.#position = batches === 0 || !Number.isFinite(round) ? batches : ((batches - 1) % round) + 1;
  }

  async next(restarts: boolean): Promise<unknown> {
    if (this.hasEnded && !restarts) return undefined;
    const first = await this.#pull();
    if (!first.done) return first.value;
    this.hasEnded = true;
    if (!restarts) return undefined;
    await this.close();
    this.#iterator = openSource(this.#source);
    this.#position = 0;
    const again = await this.#pull();
    return again.done === true ? undefined : again.value;
  }

  async #pull(): Promise<IteratorResult<unknown>> {
    if (this.#position >= this.#limit) return { done: true, value: undefined };
    const result = await this.#iterator.next();
    if (result.done !== true) this.#position += 1;
    return result;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
