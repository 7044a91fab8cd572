import type { BatchIndices, Sized } from "lightning-ts/core";

/** Cuts a dataset into as many pieces as a batch has rows, so that each row of a batch goes on in the next one. */
export class SequenceSampler implements BatchIndices {
  readonly batchSize: number;
  /** How many batches an epoch has. */
  readonly length: number;

  constructor(dataset: Sized, { batchSize }: { readonly batchSize: number }) {
    this.batchSize = batchSize;
    this.length = Math.floor(dataset.length / batchSize);
  }

  *batches(): Iterable<readonly number[]> {
    for (let i = 0; i < this.length; i += 1)
      yield Array.from({ length: this.batchSize }, (_, row) => i + row * this.length);
  }
}
