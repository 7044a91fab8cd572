import type { BatchMemory } from "./batch-memory.js";

/**
 * An iteration over a loader by somebody who alone can give its batches back: others who meet them, in a loop around
 * this one or in a callback, have an iteration of their own.
 */
export class LentBatches<TBatch> implements AsyncIterator<TBatch> {
  readonly #batches: AsyncIterator<TBatch>;
  readonly #memory: BatchMemory | undefined;

  /** @param memory what batches are made in; without one nothing is made anew */
  constructor(batches: AsyncIterator<TBatch>, memory: BatchMemory | undefined) {
    this.#batches = batches;
    this.#memory = memory;
  }

  next(): Promise<IteratorResult<TBatch>> {
    return this.#batches.next();
  }

  async return(): Promise<IteratorResult<TBatch>> {
    return (await this.#batches.return?.()) ?? { done: true, value: undefined };
  }

  /** Lets a later batch have the arrays of one of these that nobody sees any more; those of others stay theirs. */
  reuse(batch: unknown): void {
    this.#memory?.reuse(batch);
  }
}
