/** Where a sampler is, as plain data; the order of an epoch follows from it. */
export type SamplerState = Readonly<Record<string, unknown>>;

/** Says which items of a dataset an epoch visits, in which order. */
export interface Sampler {
  /** How many indices an epoch has. */
  readonly length: number;
  /** The indices of the current epoch; calling it again gives the same ones. */
  indices(): Iterable<number>;
  /** Loaders call it before each epoch, so that every epoch has its own order. */
  setEpoch?(epoch: number): void;
  state?(): SamplerState;
  restore?(state: SamplerState): void;
}

/** Says which items of a dataset form which batch of an epoch. */
export interface BatchIndices {
  /** How many batches an epoch has. */
  readonly length: number;
  batches(): Iterable<readonly number[]>;
  setEpoch?(epoch: number): void;
  state?(): SamplerState;
  restore?(state: SamplerState): void;
}

/** Anything with a number of items. */
export interface Sized {
  readonly length: number;
}
