import type { DataLoader, HostBatch } from "@lightning-ts/core";
import type { CombinedLoader } from "../data/combined-loader.js";
import type { BatchSource } from "../words/batch-source.js";

/**
 * A loader that says what its batches are on the device, as `DataLoader` does. It has more of a `DataLoader` than any
 * other kind of loader, so that a compiler compares a wrong one with this one and speaks of batches.
 */
export interface LoaderFor<TBatch> extends AsyncIterable<unknown>, OtherPartsOfADataLoader {
  readonly batchType: TBatch;
  readonly dataset: unknown;
  readonly batchSize: number;
  readonly sampler: unknown;
  readonly length: number;
  setEpoch(epoch: number): void;
  state(): unknown;
  restore(state: never): void;
}

/** Their names alone: with all of them a compiler does not take a `DataLoader` for an object of loaders by name. */
type OtherPartsOfADataLoader = {
  readonly [
    TName in Exclude<
      keyof DataLoader<unknown>,
      "batchType" | "dataset" | "batchSize" | "sampler" | "length" | "setEpoch" | "state" | "restore" | symbol
    >
  ]?: unknown;
};

/** A loader whose batches become `TBatch` on the device: a `DataLoader`, an array, or any iterable of batches. */
export type Loader<TBatch> = LoaderFor<TBatch> | BatchSource<HostBatch<TBatch>> | HostBatch<TBatch>[];

/** One loader or several, in a list or by names. Evaluation runs several one after another. */
export type Loaders<TBatch> = Loader<TBatch> | readonly Loader<TBatch>[] | NamedLoaders<TBatch> | CombinedLoader;

/** Loaders under names of one's own, which are no names of options. Text can be iterated over, and is no loader. */
export type NamedLoaders<TBatch> = Readonly<Record<string, Loader<TBatch> & object>> & {
  readonly [TOption in "trainDataloaders" | "valDataloaders" | "dataloaders" | "datamodule"]?: never;
};

/** One loader, or one for each part of a batch. A batch of a `CombinedLoader` has its form. */
export type TrainLoaders<TBatch> = Loader<TBatch> | LoaderOfEachPart<TBatch> | CombinedLoader;

type LoaderOfEachPart<TBatch> = TBatch extends object
  ? { readonly [TKey in keyof TBatch]: Loader<TBatch[TKey]> }
  : never;

/** One loader for each named part of a batch; of a pair or a list there is none. */
export type NamedTrainLoaders<TBatch> = TBatch extends readonly unknown[] ? never : LoaderOfEachPart<TBatch>;

/** A data module whose batches become `TBatch` on the device. */
export interface DataModuleFor<TBatch> {
  readonly batchType: TBatch;
  prepareData(): unknown;
  trainDataloader(): unknown;
  describe(): Promise<string>;
}
