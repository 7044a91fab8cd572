const SMALLEST_BYTES = 64;
const STEPS_PER_DOUBLING = 8;

/** What the pool must know about a buffer. */
export interface Poolable {
  readonly capacityBytes: number;
  sizeBytes: number;
  lastRun: number;
  isFree: boolean;
}

export interface BufferPoolOptions<TBuffer extends Poolable> {
  /** Makes a buffer whose memory has exactly `capacityBytes`. */
  readonly create: (capacityBytes: number) => TBuffer;
  /** A buffer leaves the pool for good; its memory is given back when nobody references it any more. */
  readonly discard: (buffer: TBuffer) => void;
  /** Id of the newest completed run. */
  readonly completed: () => number;
  /** However little is in use, this much may wait for reuse. @default 64 MiB */
  readonly alwaysPooledBytes?: number | undefined;
  /** Making a buffer waits for the device, so that small ones are made several at a time. @default false */
  readonly isSlowToMake?: boolean | undefined;
}

const ALWAYS_POOLED_BYTES = 64 * 1024 * 1024;
/** Up to this size, as many are made again as there are, within the most at a time. */
const LARGEST_SPARE_BYTES = 4096;
const MOST_SPARES = 64;

/**
 * Reuses buffers by size class. A freed buffer that a run in flight still touches waits for that run, unless only runs
 * will write it: those come one after the other.
 */
export class BufferPool<TBuffer extends Poolable> {
  readonly #options: BufferPoolOptions<TBuffer>;
  /** The size class that was used last is at the end. */
  readonly #idle = new Map<number, TBuffer[]>();
  /** What runs in flight touch, by size class. */
  readonly #deferred = new Map<number, TBuffer[]>();
  /** How many small buffers of each size class were made, where they are slow to make. */
  readonly #made = new Map<number, number>();
  /** The newest run that had completed when buffers were taken back last: until another has, there are none. */
  #reclaimedUpTo = 0;
  #pooledBytes = 0;
  #allocatedBytes = 0;

  constructor(options: BufferPoolOptions<TBuffer>) {
    this.#options = options;
  }

  /** Bytes that exist, in use or waiting for reuse. */
  get allocatedBytes(): number {
    return this.#allocatedBytes;
  }

  /** Bytes that wait for reuse. */
  get pooledBytes(): number {
    return this.#pooledBytes;
  }

  /** @param isForRuns only runs that start later write it, so that those in flight may still touch it */
  allocate(sizeBytes: number, isForRuns = false): TBuffer {
    const capacityBytes = sizeClass(sizeBytes);
    this.reclaim();
    const waiting = isForRuns ? this.#deferred.get(capacityBytes)?.pop() : undefined;
    const reused = waiting ?? this.#idle.get(capacityBytes)?.pop();
    if (reused === undefined) {
      this.#makeSpares(capacityBytes);
      const created = this.#create(capacityBytes);
      created.sizeBytes = sizeBytes;
      return created;
    }
    this.#pooledBytes -= capacityBytes;
    reused.isFree = false;
    reused.sizeBytes = sizeBytes;
    return reused;
  }

  /** Freeing twice is harmless. */
  free(buffer: TBuffer): void {
    if (buffer.isFree) return;
    buffer.isFree = true;
    this.#pooledBytes += buffer.capacityBytes;
    if (buffer.lastRun > this.#options.completed()) this.#defer(buffer);
    else this.#keep(buffer);
  }

  /** Takes back what waited for runs that have completed. */
  reclaim(): void {
    const completed = this.#options.completed();
    if (completed === this.#reclaimedUpTo) return;
    this.#reclaimedUpTo = completed;
    for (const waiting of this.#deferred.values()) this.#takeBack(waiting, completed);
  }

  /** Memory of a buffer that was collected without having been freed is gone. */
  forget(capacityBytes: number): void {
    this.#allocatedBytes -= capacityBytes;
  }

  /** Discards everything that waits for reuse, apart from what runs in flight touch. */
  clear(): void {
    this.reclaim();
    this.#trim(0);
  }

  #defer(buffer: TBuffer): void {
    const sameSize = this.#deferred.get(buffer.capacityBytes);
    if (sameSize === undefined) this.#deferred.set(buffer.capacityBytes, [buffer]);
    else sameSize.push(buffer);
  }

  /** Leaves in the list what runs still touch. The list stays: new ones in every step were the collector's work. */
  #takeBack(waiting: TBuffer[], completed: number): void {
    let left = 0;
    for (const buffer of waiting)
      if (buffer.lastRun > completed) waiting[left++] = buffer;
      else this.#keep(buffer);
    while (waiting.length > left) waiting.pop();
  }

  #create(capacityBytes: number): TBuffer {
    const created = this.#options.create(capacityBytes);
    this.#allocatedBytes += capacityBytes;
    return created;
  }

  /**
   * A program that keeps a number of every step, a loss for the log, needs a new small buffer in every step. Each of
   * them alone would wait for the step that is on the device.
   */
  #makeSpares(capacityBytes: number): void {
    if (this.#options.isSlowToMake !== true || capacityBytes > LARGEST_SPARE_BYTES) return;
    const made = this.#made.get(capacityBytes) ?? 0;
    const count = Math.min(made, MOST_SPARES);
    for (let i = 0; i < count; i += 1) {
      const spare = this.#create(capacityBytes);
      spare.isFree = true;
      this.#pooledBytes += capacityBytes;
      this.#keep(spare);
    }
    this.#made.set(capacityBytes, made + count + 1);
  }

  #keep(buffer: TBuffer): void {
    const { capacityBytes } = buffer;
    const idle = this.#idle.get(capacityBytes) ?? [];
    idle.push(buffer);
    this.#idle.delete(capacityBytes);
    this.#idle.set(capacityBytes, idle);
    const used = this.#allocatedBytes - this.#pooledBytes;
    const { alwaysPooledBytes = ALWAYS_POOLED_BYTES } = this.#options;
    if (this.#pooledBytes > alwaysPooledBytes) this.#trim(Math.max(alwaysPooledBytes, used));
  }

  #trim(limitBytes: number): void {
    for (const [capacityBytes, idle] of this.#idle) {
      while (this.#pooledBytes > limitBytes) {
        const buffer = idle.shift();
        if (buffer === undefined) break;
        this.#pooledBytes -= capacityBytes;
        this.#allocatedBytes -= capacityBytes;
        this.#options.discard(buffer);
      }
      if (idle.length === 0) this.#idle.delete(capacityBytes);
      if (this.#pooledBytes <= limitBytes) return;
    }
  }
}

/**
 * Capacity from which a request of `sizeBytes` is served: a multiple of 64, at most an eighth larger than asked
 * once it is over 512 bytes, so that buffers of nearly the same size can replace each other.
 */
function sizeClass(sizeBytes: number): number {
  if (sizeBytes <= SMALLEST_BYTES) return SMALLEST_BYTES;
  const doubling = 2 ** (Math.ceil(Math.log2(sizeBytes)) - 1);
  const step = Math.max(SMALLEST_BYTES, doubling / STEPS_PER_DOUBLING);
  return Math.ceil(sizeBytes / step) * step;
}
