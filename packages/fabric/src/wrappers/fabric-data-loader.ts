import {
  classNameOf,
  DataLoader,
  lendBatches,
  refusePromise,
  giveBackBatch,
  tensorScope,
  type LentBatches,
  type OnDevice,
  type TensorScope,
} from "@lightning-ts/core";
import { methodOf } from "./method-of.js";
import { rememberWrapped } from "./wrapped-objects.js";

/** What the loader needs of the Fabric that set it up. */
export interface LoaderContext {
  /** Everything is launched and set up when it resolves; undefined when that is so already. */
  readonly prepare: () => void | Promise<void>;
  readonly toDevice: <TBatch>(batch: TBatch) => OnDevice<TBatch>;
  /** Whether batches go to the device; otherwise `toDevice` leaves them as they are, for the loop to see. */
  readonly movesToDevice: boolean;
  /** Called after each batch's scope closed. */
  readonly endBatch: () => void | Promise<void>;
  /** Called when an iteration ends, however it ends. */
  readonly endIteration: () => Promise<void>;
}

/**
 * A loader whose batches are on the device. Each batch opens a memory scope, which closes when the loop asks for the
 * next one, breaks or throws: every tensor made in between is freed then, except parameters, optimizer state and what
 * was kept. Where several loaders are asked in turns, the first one's end of a batch is that of the others' too.
 * @example
 * ```ts
 * import { DataLoader } from "@lightning-ts/core";
 * import { Fabric } from "@lightning-ts/fabric";
 *
 * const fabric = new Fabric();
 * await fabric.launch();
 * const loader = fabric.setupDataloaders(new DataLoader([1, 2, 3, 4], { batchSize: 2 })); // a FabricDataLoader
 * for await (const batch of loader) console.log(batch.dataSync()); // [1, 2], [3, 4]
 * await fabric.close();
 * ```
 */
export class FabricDataLoader<TBatch> implements AsyncIterable<OnDevice<TBatch>> {
  /** The loader that was set up. */
  readonly loader: AsyncIterable<TBatch>;
  readonly #context: LoaderContext;
  #iterations = 0;

  constructor(loader: AsyncIterable<TBatch>, original: object, context: LoaderContext) {
    this.loader = loader;
    this.#context = context;
    rememberWrapped(this, original);
  }

  /** Batches per epoch; `Infinity` where the loader does not know. */
  get length(): number {
    const { loader } = this;
    return "length" in loader && typeof loader.length === "number" ? loader.length : Number.POSITIVE_INFINITY;
  }

  get dataset(): unknown {
    return "dataset" in this.loader ? this.loader.dataset : undefined;
  }

  /** Says which epoch the next iteration is; iterations count by themselves otherwise. */
  setEpoch(epoch: number): void {
    this.#iterations = epoch;
    callNow(this.loader, "setEpoch", epoch);
  }

  /** Where the loader stands, if it can say. */
  state(): unknown {
    return callNow(this.loader, "state");
  }

  restore(state: unknown): void {
    callNow(this.loader, "restore", state);
  }

  [Symbol.asyncIterator](): BatchIterator<TBatch> {
    // A DataLoader counts its iterations itself and keeps a restored position; others are told.
    if (!(this.loader instanceof DataLoader)) callNow(this.loader, "setEpoch", this.#iterations);
    this.#iterations += 1;
    return new BatchIterator(lendBatches(this.loader), this.#context);
  }
}

/** Scopes of batches of all loaders. */
const batches = new WeakSet<TensorScope>();
const isBatch = (scope: TensorScope): boolean => batches.has(scope);

/**
 * Not an async generator: between handing a batch out and the loop's body lies one microtask, so that hardly anything
 * of another task can land in the scope.
 */
export class BatchIterator<TBatch> implements AsyncIterableIterator<OnDevice<TBatch>> {
  readonly #source: LentBatches<TBatch>;
  readonly #context: LoaderContext;
  #scope: TensorScope | undefined;
  #isDone = false;

  constructor(source: LentBatches<TBatch>, context: LoaderContext) {
    this.#source = source;
    this.#context = context;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<OnDevice<TBatch>, undefined>> {
    return new Promise((resolve, reject) => {
      this.#advance()
        .then((found) => {
          if (found === undefined) resolve({ done: true, value: undefined });
          else resolve({ done: false, value: this.#open(found.batch) });
        })
        .catch((error: unknown) => {
          const fail = (): void => reject(error);
          this.#close();
          this.#finish(true).then(fail, fail);
        });
    });
  }

  async return(): Promise<IteratorResult<OnDevice<TBatch>, undefined>> {
    if (this.#isDone) return { done: true, value: undefined };
    try {
      await this.#endBatch();
    } finally {
      await this.#finish(true);
    }
    return { done: true, value: undefined };
  }

  async #advance(): Promise<{ readonly batch: TBatch } | undefined> {
    if (this.#isDone) return undefined;
    this.#scope?.closeInner(isBatch);
    this.#scope?.assertInnermost("the body of the loop over a set-up loader");
    const waiting = this.#endBatch() ?? this.#context.prepare();
    if (waiting !== undefined) await waiting;
    const { done, value } = await this.#source.next();
    if (done !== true) return { batch: value };
    await this.#finish(false);
    return undefined;
  }

  #open(batch: TBatch): OnDevice<TBatch> {
    this.#scope = tensorScope({ name: "batch" });
    batches.add(this.#scope);
    const opened = this.#context.toDevice(batch);
    if (this.#context.movesToDevice) giveBackBatch(this.#source, batch);
    return opened;
  }

  /** Frees the batch and hands its step over; a promise when the loop should wait. */
  #endBatch(): void | Promise<void> {
    if (this.#scope === undefined) return undefined;
    this.#close();
    return this.#context.endBatch();
  }

  #close(): void {
    this.#scope?.closeInner(isBatch);
    this.#scope?.close();
    this.#scope = undefined;
  }

  async #finish(isEarly: boolean): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    if (isEarly) await this.#source.return();
    await this.#context.endIteration();
  }
}

/** Calls a loader's method, where it has one, between batches, where nothing waits. */
function callNow(loader: object, name: string, ...args: unknown[]): unknown {
  return refusePromise(methodOf(loader, name)?.(...args), `${classNameOf(loader)}.${name}`);
}
