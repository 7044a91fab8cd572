import { type BatchIndices, DataLoader } from "@lightning-ts/core";
import type { BatchSource } from "../words/batch-source.js";

/** A batch sampler that remembers which items it put into which batch of the epoch. */
export class RecordedIndices implements BatchIndices {
  readonly #sampler: BatchIndices;
  #seen: (readonly number[])[] = [];

  constructor(sampler: BatchIndices) {
    this.#sampler = sampler;
  }

  get length(): number {
    return this.#sampler.length;
  }

  /** The items of a batch; undefined before it is fetched. */
  of(batchIdx: number): readonly number[] | undefined {
    return this.#seen[batchIdx];
  }

  *batches(): Iterable<readonly number[]> {
    const seen: (readonly number[])[] = [];
    this.#seen = seen;
    for (const indices of this.#sampler.batches()) {
      seen.push([...indices]);
      yield indices;
    }
  }

  setEpoch(epoch: number): void {
    return this.#sampler.setEpoch?.(epoch);
  }
}

/** A source whose batches' items are remembered, with who remembers; as it is where nobody can know the items. */
export function recordIndices(source: BatchSource<unknown>): {
  readonly source: BatchSource<unknown>;
  readonly indices: RecordedIndices | undefined;
} {
  if (!(source instanceof DataLoader) || source.batchSampler === undefined) return { source, indices: undefined };
  const indices = new RecordedIndices(source.batchSampler);
  return { source: source.withOptions({ batchSampler: indices }), indices };
}
