import type { SharedRegion } from "../collective.js";
import { wholePages } from "./layout.js";

/** Regions that ranks can have; what comes later is never used again. */
const MOST_REGIONS = 64;

interface Region {
  readonly buffer: ArrayBuffer;
  readonly bytesOfEach: number;
  isFree: boolean;
}

/**
 * Memory of which each rank has a part that all see. It is used again when it was released on all ranks, or when all
 * have lost their last reference to it, its arrays included.
 */
export class SharedRegions {
  readonly #worldSize: number;
  readonly #reserve: (sizeBytes: number) => ArrayBuffer;
  readonly #regions: Region[] = [];
  /** An array of a region keeps it. */
  readonly #regionOf = new WeakMap<Float32Array, SharedRegion>();
  readonly #lost = new FinalizationRegistry<Region>((region) => (region.isFree = true));

  /** @param reserve gives memory that all ranks see, the same to all if they call it in the same order */
  constructor(worldSize: number, reserve: (sizeBytes: number) => ArrayBuffer) {
    this.#worldSize = worldSize;
    this.#reserve = reserve;
  }

  /** Which regions nobody on this rank needs: 1 for those. */
  free(): Uint8Array {
    return Uint8Array.from({ length: MOST_REGIONS }, (_, index) => (this.#regions[index]?.isFree === true ? 1 : 0));
  }

  /** @param free which nobody needs on any rank */
  open(bytesOfEach: number, free: Uint8Array): SharedRegion {
    const known = this.#regions.find((region, index) => free[index] === 1 && region.bytesOfEach >= bytesOfEach);
    const region = known ?? this.#make(wholePages(bytesOfEach));
    region.isFree = false;
    return this.#handleOf(region);
  }

  #make(bytesOfEach: number): Region {
    const region = { buffer: this.#reserve(bytesOfEach * this.#worldSize), bytesOfEach, isFree: false };
    this.#regions.push(region);
    return region;
  }

  #handleOf(region: Region): SharedRegion {
    const handle: SharedRegion = {
      floatsOf: (rank, start, length) => {
        const bytes = rank * region.bytesOfEach + start * Float32Array.BYTES_PER_ELEMENT;
        const floats = new Float32Array(region.buffer, bytes, length);
        this.#regionOf.set(floats, handle);
        return floats;
      },
      release: () => {
        this.#lost.unregister(handle);
        region.isFree = true;
      },
    };
    this.#lost.register(handle, region, handle);
    return handle;
  }
}
