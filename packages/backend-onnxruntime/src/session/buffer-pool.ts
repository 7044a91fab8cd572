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
}

const ALWAYS_POOLED_BYTES = 64 * 1024 * 1024;

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
      const created = this.#options.create(capacityBytes);
      created.sizeBytes = sizeBytes;
      this.#allocatedBytes += capacityBytes;
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
    if (this.#deferred.size === 0) return;
    const completed = this.#options.completed();
    if (completed === this.#reclaimedUpTo) return;
    this.#reclaimedUpTo = completed;
    const waiting = [...this.#deferred.values()];
    this.#deferred.clear();
    for (const buffer of waiting.flat()) {
      if (buffer.lastRun > completed) this.#defer(buffer);
      else this.#keep(buffer);
    }
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
