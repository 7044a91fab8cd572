import { DataLoader, DistributedSampler, RandomSampler } from "@lightning-ts/core";

/** Which of how many parts of the data a process sees. */
export interface RankShare {
  readonly numReplicas: number;
  readonly rank: number;
}

/** What combines several loaders, as the Trainer's `CombinedLoader` does, and can be made of others. */
interface LoaderOfLoaders {
  withLoaders(change: (loader: unknown) => unknown): unknown;
}

/**
 * The loader with a sampler for one rank's part of the data. Where there is one rank, the loader cannot be divided, or
 * is divided already, it stays as it is. It shuffles if it did before. Of several loaders in one, each is divided.
 */
export function shareOfRank<TLoader>(loader: TLoader, ranks: RankShare | undefined): TLoader;
export function shareOfRank(loader: unknown, ranks: RankShare | undefined): unknown {
  if (ranks !== undefined && hasLoaders(loader)) return loader.withLoaders((inner) => shareOfRank(inner, ranks));
  if (ranks === undefined || !(loader instanceof DataLoader) || loader.sampler === undefined) return loader;
  if (loader.sampler instanceof DistributedSampler) return loader;
  const sized = { length: loader.dataset.length ?? 0 };
  return loader.withSampler(
    new DistributedSampler(sized, { ...ranks, shuffle: loader.sampler instanceof RandomSampler }),
  );
}

function hasLoaders(loader: unknown): loader is LoaderOfLoaders {
  return (
    typeof loader === "object" && loader !== null && "withLoaders" in loader && typeof loader.withLoaders === "function"
  );
}
