import { giveBackBatch, lendBatches, type LentBatches } from "@lightning-ts/core";
import type { BatchSource } from "../words/batch-source.js";

/** Hands out the batches of a stage, one at a time, and knows which one is the last. */
export interface BatchFetcher {
  /** Fetches the next batch into the fields below. @returns false when there is none */
  next(): Promise<boolean>;
  /** Leaves the loaders before this one and fetches the next batch, as `next` does. */
  skipTo(dataloaderIdx: number): Promise<boolean>;
  readonly batch: unknown;
  readonly batchIdx: number;
  readonly dataloaderIdx: number;
  readonly isLast: boolean;
  /** Called once `batch` is on the device and nobody has seen it on the host: a later batch may have its memory. */
  giveBack(): void;
  /** Called where the fetcher may look one batch ahead: the loader's state is then that of the batch handed out. */
  onBeforeLookAhead: (() => void) | undefined;
  /** Frees what the loaders hold; harmless when repeated. */
  close(): Promise<void>;
}

export interface SourceFetcherOptions {
  /** How many batches there are, `Infinity` when nobody knows. */
  readonly length: number;
  /** At most so many. */
  readonly limit: number;
  /** Number of the first batch that is handed out. @default 0 */
  readonly start?: number | undefined;
  /** How many batches to read and drop first, for sources that cannot skip. @default 0 */
  readonly skip?: number | undefined;
  readonly dataloaderIdx?: number | undefined;
  /** The length is what the source says of itself, and may be wrong. @default false */
  readonly isLengthClaimed?: boolean | undefined;
  /** A source that gives more goes on with it in its next iteration, so that nobody must look for it. @default false */
  readonly goesOn?: boolean | undefined;
  /** Called when it was. @param given how many batches there were, or that there were more */
  readonly onWrongLength?: ((given: number | "more") => void) | undefined;
}

/**
 * One source. Where its length is unknown, or only claimed, one batch of look-ahead tells which is the last.
 * What it has beyond its claim is not used.
 */
export class SourceFetcher implements BatchFetcher {
  batch: unknown = undefined;
  batchIdx: number;
  isLast = false;
  readonly dataloaderIdx: number;
  onBeforeLookAhead: (() => void) | undefined;
  readonly #iterator: LentBatches<unknown> | Iterator<unknown>;
  readonly #total: number;
  readonly #looksAhead: boolean;
  readonly #onWrongLength: SourceFetcherOptions["onWrongLength"];
  /** Whether there is more than was claimed; asked for behind the last batch. */
  #probe: Promise<void> | undefined;
  readonly #claimed: number;
  readonly #goesOn: boolean;
  #ahead: IteratorResult<unknown> | undefined;
  #toSkip: number;
  #isClosed = false;

  constructor(source: BatchSource<unknown>, options: SourceFetcherOptions) {
    this.#iterator = Symbol.asyncIterator in source ? lendBatches(source) : source[Symbol.iterator]();
    this.#total = Math.min(options.length, options.limit);
    this.#claimed = options.isLengthClaimed === true ? options.length : Number.POSITIVE_INFINITY;
    this.#looksAhead = !Number.isFinite(options.length) || options.isLengthClaimed === true;
    this.#goesOn = options.goesOn ?? false;
    this.#onWrongLength = options.onWrongLength;
    this.batchIdx = (options.start ?? 0) - 1;
    this.dataloaderIdx = options.dataloaderIdx ?? 0;
    this.#toSkip = options.skip ?? 0;
  }

  async next(): Promise<boolean> {
    for (; this.#toSkip > 0; this.#toSkip -= 1) await this.#iterator.next();
    if (this.batchIdx + 1 >= this.#total) return false;
    const result = this.#ahead ?? (await this.#iterator.next());
    if (result.done === true) {
      this.#reportEnd(this.batchIdx + 1);
      return false;
    }
    this.batch = result.value;
    this.batchIdx += 1;
    this.isLast = this.batchIdx + 1 >= this.#total;
    if (this.#looksAhead) this.onBeforeLookAhead?.();
    if (this.#looksAhead && !this.isLast) {
      this.#ahead = await this.#iterator.next();
      this.isLast = this.#ahead.done === true;
      if (this.isLast) this.#reportEnd(this.batchIdx + 1);
    } else if (this.batchIdx + 1 === this.#claimed && !this.#goesOn) this.#lookBeyond();
    return true;
  }

  giveBack(): void {
    if ("reuse" in this.#iterator) giveBackBatch(this.#iterator, this.batch);
  }

  async skipTo(dataloaderIdx: number): Promise<boolean> {
    return dataloaderIdx <= this.dataloaderIdx && (await this.next());
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.batch = undefined;
    if (this.#probe !== undefined && !(await settlesSoon(this.#probe))) {
      // A source that is still waited for cannot end before it answers.
      void Promise.resolve(this.#iterator.return?.()).catch(() => undefined);
      return;
    }
    await this.#iterator.return?.();
  }

  #reportEnd(given: number): void {
    if (Number.isFinite(this.#claimed) && given < this.#claimed) this.#onWrongLength?.(given);
  }

  /** Nobody waits for the answer: an open stream may never give one. What fails beyond the end is of no interest. */
  #lookBeyond(): void {
    this.#probe = Promise.resolve(this.#iterator.next()).then(
      ({ done }) => {
        if (done !== true) this.#onWrongLength?.("more");
      },
      () => undefined,
    );
  }
}

/** Whether a promise is settled within a few turns, which is enough for whatever waits for no device. */
async function settlesSoon(promise: Promise<void>): Promise<boolean> {
  let isSettled = false;
  void promise.then(() => {
    isSettled = true;
  });
  for (let turn = 0; turn < TURNS && !isSettled; turn += 1) await Promise.resolve();
  return isSettled;
}

const TURNS = 16;

/** Several sources, one after another; batch numbers start again with each. */
export class SequentialFetcher implements BatchFetcher {
  onBeforeLookAhead: (() => void) | undefined;
  readonly #parts: readonly (() => SourceFetcher)[];
  #index = -1;
  #current: SourceFetcher | undefined;

  /** @param parts one for each source that has batches; opened when its turn comes */
  constructor(parts: readonly (() => SourceFetcher)[]) {
    this.#parts = parts;
  }

  get batch(): unknown {
    return this.#current?.batch;
  }
  get batchIdx(): number {
    return this.#current?.batchIdx ?? -1;
  }
  get dataloaderIdx(): number {
    return this.#current?.dataloaderIdx ?? 0;
  }
  get isLast(): boolean {
    return this.#index === this.#parts.length - 1 && this.#current?.isLast === true;
  }

  async next(): Promise<boolean> {
    while ((await this.#current?.next()) !== true) if (!(await this.#openNext())) return false;
    return true;
  }

  giveBack(): void {
    this.#current?.giveBack();
  }

  async skipTo(dataloaderIdx: number): Promise<boolean> {
    while (this.#current === undefined || this.#current.dataloaderIdx < dataloaderIdx)
      if (!(await this.#openNext())) return false;
    return this.next();
  }

  async #openNext(): Promise<boolean> {
    const open = this.#parts[this.#index + 1];
    // The last source stays open until all are closed: a step that took all batches is followed by hooks with the last.
    if (open === undefined) return false;
    await this.#current?.close();
    this.#index += 1;
    this.#current = open();
    return true;
  }

  async close(): Promise<void> {
    await this.#current?.close();
  }
}
