import { shareOfRank, type RankShare } from "@lightning-ts/fabric";
import {
  classNameOf,
  DataLoader,
  describeValue,
  DistributedSampler,
  MisconfigurationError,
  RandomSampler,
  SequentialSampler,
  refusePromise,
} from "@lightning-ts/core";
import { isZeroLimit, type ResolvedLimit } from "../words/batch-limit.js";
import { SequentialFetcher, SourceFetcher, type BatchFetcher, type SourceFetcherOptions } from "./batch-fetcher.js";
import type { BatchSource } from "../words/batch-source.js";
import { CombinedLoader } from "./combined-loader.js";
import { batchesToUse } from "./loader-limits.js";
import { type RecordedIndices, recordIndices } from "./recorded-indices.js";
import {
  featuresOf,
  flattenLoaders,
  isBatchSource,
  isLoaderList,
  isLoaderTree,
  lengthOf,
  type LoaderTree,
  mapLoaders,
} from "./loader-tree.js";

/** What a stage needs to know to prepare its loaders. */
export interface StageDataOptions {
  readonly limit: ResolvedLimit;
  readonly limitOption: string;
  /** Where the loaders came from, for messages: `"LitMnist.trainDataloader"`. */
  readonly origin: string;
  readonly isTraining: boolean;
  readonly keepsOrder: boolean;
  /** A last batch that is smaller is used too, whatever the loader says. */
  readonly keepsLastBatch: boolean;
  readonly ranks: RankShare | undefined;
  readonly warn: (topic: string, text: string) => void;
}

/** How a loader is divided among ranks. */
export interface LoaderShare {
  readonly ranks: number;
  /** What all ranks take in one step. */
  readonly examples: number;
}

/** The loaders of a stage, with how many batches of each it uses. */
export class StageData {
  /** As the user gave it. */
  readonly original: unknown;
  /** What is iterated, one after another; training has one. */
  readonly sources: readonly BatchSource<unknown>[];
  readonly lengths: readonly number[];
  #counts: readonly number[];
  /** Batches seen of each since it was loaded: x axis of evaluation steps. */
  readonly seen: number[];
  readonly #leaves: readonly BatchSource<unknown>[];
  readonly #origin: string;
  readonly #warn: StageDataOptions["warn"];
  /** Sources that were found to have a wrong length. */
  readonly #wrongLengths = new Set<number>();
  /** Loaders that a checkpoint has put into the middle of the epoch. */
  readonly #restored = new Set<BatchSource<unknown>>();

  constructor(loaders: unknown, options: StageDataOptions) {
    this.original = loaders;
    this.#origin = options.origin;
    this.#warn = options.warn;
    const prepared = prepareTree(loaders, options);
    const sources = options.isTraining ? [combineForTraining(prepared)] : listForEvaluation(prepared);
    this.sources = options.keepsLastBatch ? sources.map(withLastBatch) : sources;
    this.#leaves = prepared instanceof CombinedLoader ? prepared.flattened : flattenLoaders(prepared);
    this.lengths = this.sources.map(lengthOf);
    this.#counts = this.lengths.map((length) => batchesToUse(length, options.limit, options.limitOption));
    this.seen = this.sources.map(() => 0);
    if (!isZeroLimit(options.limit) && this.lengths.length > 0 && this.lengths.every((length) => length === 0))
      options.warn(`empty ${options.origin}`, `${options.origin}: there are no batches.`);
  }

  /** Batches to use of each. */
  get counts(): readonly number[] {
    return this.#counts;
  }

  /** Uses fewer batches of each source: as many as all ranks have. */
  limitTo(counts: readonly number[]): void {
    this.#counts = this.#counts.map((count, index) => Math.min(count, counts[index] ?? count));
  }

  /** Batches of all sources together. */
  get totalCount(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** Tells loaders and samplers which epoch comes. */
  setEpoch(epoch: number): void {
    for (const leaf of this.#leaves) {
      tellEpoch(leaf, epoch);
    }
  }

  /** Tells those that do not know it from a checkpoint: a loader that came again in this epoch counts on by itself. */
  resumeEpoch(epoch: number): void {
    for (const leaf of this.#leaves) if (!this.#restored.has(leaf)) tellEpoch(leaf, epoch);
  }

  /**
   * @param most at most so many batches of each source
   * @param indices gets those that remember the items of each source's batches, for sources that know them
   */
  openAll(most = Number.POSITIVE_INFINITY, indices?: Map<number, RecordedIndices>): BatchFetcher {
    const parts = this.sources.flatMap((source, dataloaderIdx) => {
      const limit = Math.min(this.counts[dataloaderIdx] ?? 0, most);
      const recorded = indices === undefined ? { source, indices: undefined } : recordIndices(source);
      if (recorded.indices !== undefined) indices?.set(dataloaderIdx, recorded.indices);
      const options = { ...this.#lengthOf(dataloaderIdx), limit, dataloaderIdx };
      return limit === 0 ? [] : [() => new SourceFetcher(recorded.source, options)];
    });
    return new SequentialFetcher(parts);
  }

  /** Opens the training source at a batch of the epoch. Loaders that were not restored are read up to there. */
  openTraining(start: number): SourceFetcher {
    const [source = []] = this.sources;
    const options = { ...this.#lengthOf(0), limit: this.counts[0] ?? 0, start };
    if (start > 0 && source instanceof CombinedBatches)
      return new SourceFetcher(source.from(start, this.#restored), options);
    return new SourceFetcher(source, { ...options, skip: this.#restored.has(source) ? 0 : start });
  }

  /** A source's length, and what to do where it was claimed and is wrong. */
  #lengthOf(index: number): Pick<SourceFetcherOptions, "length" | "isLengthClaimed" | "goesOn" | "onWrongLength"> {
    const length = this.lengths[index] ?? 0;
    const source = this.sources[index] ?? [];
    const isCertain =
      source instanceof CombinedBatches ? this.#leaves.every(hasCertainLength) : hasCertainLength(source);
    if (isCertain || !Number.isFinite(length)) return { length };
    return {
      length,
      isLengthClaimed: true,
      // A loader that counts its batches over epochs keeps the others for the next one.
      goesOn: this.#wrongLengths.has(index) || this.#leaves.some((leaf) => featuresOf(leaf).restore !== undefined),
      onWrongLength: (given) => {
        this.#wrongLengths.add(index);
        this.#warn(`length ${this.#origin}`, wrongLength(this.#origin, length, given));
      },
    };
  }

  /** Each loader that batches come from. */
  get loaders(): readonly BatchSource<unknown>[] {
    return this.#leaves;
  }

  /** All loaders can go on in the middle of an epoch by themselves. */
  get canResume(): boolean {
    return this.#leaves.every((leaf) => "state" in leaf && "restore" in leaf);
  }

  /** How each loader is divided among ranks; null for those that this does not know. */
  get shares(): (LoaderShare | null)[] {
    return this.#leaves.map((leaf) => {
      if (!(leaf instanceof DataLoader)) return null;
      const ranks = leaf.sampler instanceof DistributedSampler ? leaf.sampler.numReplicas : 1;
      return { ranks, examples: ranks * leaf.batchSize };
    });
  }

  state(): unknown[] {
    return this.#leaves.map((leaf) => refusePromise(featuresOf(leaf).state?.(), methodOf(leaf, "state")) ?? null);
  }

  /** @throws MisconfigurationError when there were more or fewer loaders */
  restore(states: readonly unknown[]): void {
    if (states.length !== this.#leaves.length) {
      throw new MisconfigurationError({
        code: "LIT_RESUME",
        message: "The checkpoint was written with other training loaders.",
        expected: `${states.length} loaders`,
        received: `${this.#leaves.length}`,
      });
    }
    for (const [index, leaf] of this.#leaves.entries()) {
      const state = states[index];
      const features = featuresOf(leaf);
      if (state === null || state === undefined || features.restore === undefined) continue;
      refusePromise(features.restore(state), methodOf(leaf, "restore"));
      this.#restored.add(leaf);
    }
  }
}

/** What loaders do between batches, nothing waits for. @throws MisconfigurationError for a promise */
function tellEpoch(leaf: BatchSource<unknown>, epoch: number): void {
  refusePromise(featuresOf(leaf).setEpoch?.(epoch), methodOf(leaf, "setEpoch"));
}

function methodOf(leaf: BatchSource<unknown>, name: string): string {
  return `${classNameOf(leaf)}.${name}`;
}

/** Lengths that cannot be wrong: those of arrays, and of data that are read by index. */
function hasCertainLength(source: BatchSource<unknown>): boolean {
  return Array.isArray(source) || (source instanceof DataLoader && source.batchSampler !== undefined);
}

function wrongLength(origin: string, length: number, given: number | "more"): string {
  const happened =
    given === "more"
      ? `${origin} gives more batches than its length, ${length}; the others are not used`
      : `${origin} says that its length is ${length}, but it gave ${given} batches: the epoch ends with them`;
  return `${happened}. Correct its length, or leave it out: then an epoch goes on until there are no more batches.`;
}

function prepareTree(loaders: unknown, options: StageDataOptions): LoaderTree | CombinedLoader {
  const prepare = (loader: BatchSource<unknown>) => prepareLoader(loader, options);
  if (loaders instanceof CombinedLoader) return loaders.withLoaders(prepare);
  if (isLoaderTree(loaders)) return mapLoaders(loaders, prepare);
  throw new MisconfigurationError({
    code: "LIT_DATALOADER",
    message: `${options.origin} gave something that cannot be iterated over.`,
    expected: "a DataLoader, an array, any iterable or async iterable of batches, or several of them",
    received: describeValue(loaders),
  });
}

function prepareLoader(loader: BatchSource<unknown>, options: StageDataOptions): BatchSource<unknown> {
  if (!(loader instanceof DataLoader) || loader.sampler === undefined) return loader;
  const sized = { length: loader.dataset.length ?? 0 };
  const isShuffled = loader.sampler instanceof RandomSampler;
  if (!options.isTraining && isShuffled && !options.keepsOrder)
    options.warn(`shuffle ${options.origin}`, `${options.origin} shuffles; evaluation needs no shuffling.`);
  if (options.keepsOrder && isShuffled) {
    options.warn(
      `overfit ${options.origin}`,
      `overfitBatches: ${options.origin} is read in order instead of shuffled.`,
    );
    return loader.withSampler(new SequentialSampler(sized));
  }
  const shared = shareOfRank(loader, options.ranks);
  if (!options.isTraining && shared !== loader) warnOfRepeats(sized.length, options);
  return shared;
}

/** Ranks that evaluate have equally many examples, and some of those come twice. One rank says so for all. */
function warnOfRepeats(examples: number, { origin, ranks, warn }: StageDataOptions): void {
  if (ranks === undefined || ranks.rank !== 0 || examples % ranks.numReplicas === 0) return;
  const repeated = ranks.numReplicas - (examples % ranks.numReplicas);
  warn(
    `repeated ${origin}`,
    `${origin}: ${examples} examples do not divide by ${ranks.numReplicas} ranks. How many come twice, and count twice ` +
      `in metrics: ${repeated}. For exact ones evaluate in one process (devices: 1).`,
  );
}

function combineForTraining(loaders: LoaderTree | CombinedLoader): BatchSource<unknown> {
  if (loaders instanceof CombinedLoader && loaders.mode === "sequential") {
    throw new MisconfigurationError({
      message: "A CombinedLoader in sequential mode cannot be trained on.",
      expected: '"min_size", "max_size_cycle" or "max_size"',
    });
  }
  if (loaders instanceof CombinedLoader) return new CombinedBatches(loaders);
  if (isLoaderList(loaders) || !isBatchSource(loaders))
    return new CombinedBatches(new CombinedLoader(loaders, { mode: "max_size_cycle" }));
  return loaders;
}

function withLastBatch(source: BatchSource<unknown>): BatchSource<unknown> {
  return source instanceof DataLoader && source.dropLast ? source.withOptions({ dropLast: false }) : source;
}

function listForEvaluation(loaders: LoaderTree | CombinedLoader): readonly BatchSource<unknown>[] {
  if (loaders instanceof CombinedLoader)
    return loaders.mode === "sequential" ? loaders.flattened : [new CombinedBatches(loaders)];
  return flattenLoaders(loaders);
}

/** The batches of a CombinedLoader, without their numbers. */
class CombinedBatches implements AsyncIterable<unknown> {
  readonly #combined: CombinedLoader;

  constructor(combined: CombinedLoader) {
    this.#combined = combined;
  }

  get length(): number {
    return this.#combined.length;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for await (const [batch] of this.#combined) yield batch;
  }

  /** From a batch of the epoch on. @param restored loaders that go on there by themselves */
  async *from(start: number, restored: ReadonlySet<BatchSource<unknown>>): AsyncGenerator<unknown> {
    for await (const [batch] of this.#combined.from(start, restored)) yield batch;
  }
}
