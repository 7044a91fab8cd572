import type { Optimizer } from "@lightning-ts/core";
import type { Optimizer as TfOptimizer } from "@tensorflow/tfjs-core";
import type { LightningOptimizer } from "../words/lightning-optimizer.js";
import type { LRSchedulerConfig, LRSchedulerLike } from "../words/scheduler-config.js";

/** Several of something: at least two. */
type Several<TOne> = readonly [TOne, TOne, ...TOne[]];

/** One or several of something: the type of `[[optimizer], …]` does not say. */
type OneOrSeveral<TOne> = TOne & Several<TOne>;

/** The optimizers of a module, from what its `configureOptimizers` returns: one, or several in their order. */
export type OptimizersOf<TModule> = TModule extends { configureOptimizers(): infer TReturned }
  ? FromReturned<Awaited<TReturned>>
  : never;

type FromReturned<TReturned> = TReturned extends Optimizer
  ? LightningOptimizer<TReturned>
  : TReturned extends { readonly optimizer: infer TOptimizer extends Optimizer }
    ? LightningOptimizer<TOptimizer>
    : TReturned extends readonly (infer TEntry)[]
      ? FromList<TEntry>
      : TReturned extends TfOptimizer
        ? LightningOptimizer
        : readonly LightningOptimizer[];

type FromList<TEntry> = [TEntry] extends [Optimizer]
  ? Several<LightningOptimizer<TEntry>>
  : [TEntry] extends [{ readonly optimizer: infer TOptimizer extends Optimizer; step?: never }]
    ? Several<LightningOptimizer<TOptimizer>>
    : OneOrSeveral<LightningOptimizer<OptimizerIn<TEntry>>>;

/** That of the first list in `[[optimizers], [schedulers]]`. */
type OptimizerIn<TEntry> =
  Extract<TEntry, readonly Optimizer[]> extends readonly (infer TOptimizer extends Optimizer)[]
    ? TOptimizer
    : Optimizer;

/** The schedulers of a module, from what its `configureOptimizers` returns: none, one, or several in their order. */
export type LRSchedulersOf<TModule> = TModule extends { configureOptimizers(): infer TReturned }
  ? SchedulersFrom<Awaited<TReturned>>
  : never;

/** The schedulers in what `configureOptimizers` returns. Of `this` in a class the compiler knows no more than that. */
export type SchedulersFrom<TReturned> = TReturned extends Optimizer | readonly Optimizer[]
  ? undefined
  : "lrScheduler" extends keyof TReturned
    ? SchedulerIn<TReturned["lrScheduler"]>
    : TReturned extends readonly (infer TEntry)[]
      ? SchedulersInList<TEntry>
      : undefined;

/** A list that has schedulers in a place of their own, or with each optimizer. Other lists may have none. */
type SchedulersInList<TEntry> = [Extract<TEntry, ScheduledEntry>] extends [never]
  ? OneOrSeveral<LRSchedulerLike> | undefined
  : OneOrSeveral<LRSchedulerLike>;

type Scheduled = LRSchedulerLike | LRSchedulerConfig;
type ScheduledEntry = Scheduled | readonly Scheduled[] | { readonly lrScheduler: object };

type SchedulerIn<TEntry> = TEntry extends { readonly scheduler: infer TScheduler } ? TScheduler : TEntry;
