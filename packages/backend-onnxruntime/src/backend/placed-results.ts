import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphBuffer } from "../contract/graph-buffer.js";
import { elementCount } from "../graph/value-spec.js";
import type { DataStore } from "./data-store.js";
import type { GraphEngine } from "./graph-engine.js";
import type { LazyData } from "./lazy-data.js";

/** Results in memory of the caller's, where others can read them, and contents that others have put there. */
export class PlacedResults {
  readonly #engine: GraphEngine;
  readonly #store: DataStore;
  readonly #adopt: (place: Float32Array) => GraphBuffer;
  /** What was computed into each place last. */
  readonly #tenants = new WeakMap<GraphBuffer, LazyData>();

  /** @param adopt the runner's */
  constructor(engine: GraphEngine, store: DataStore, adopt: (place: Float32Array) => GraphBuffer) {
    this.#engine = engine;
    this.#store = store;
    this.#adopt = adopt;
  }

  /**
   * Starts what is needed for these results, and what reads memory of the caller's. A result that is still to be
   * computed comes to lie in its place; whoever lives in a place moves elsewhere first.
   * @param places one for each result, as long as that; further ones are only left
   */
  start(dataIds: readonly object[], places: readonly Float32Array[]): void {
    const buffers = places.map(this.#adopt);
    for (const buffer of buffers) this.#vacate(buffer);
    const placed = new Map<LazyData, GraphBuffer>();
    for (const [index, dataId] of dataIds.entries()) {
      const [data, buffer] = [this.#store.get(dataId), buffers[index]];
      if (buffer !== undefined && data.node !== undefined && !placed.has(data)) placed.set(data, buffer);
    }
    for (const [data, buffer] of placed) data.place = buffer;
    try {
      this.#engine.runBeforeAdoptedChange(new Set(placed.keys()));
    } finally {
      for (const [data, buffer] of placed) {
        data.place = undefined;
        if (data.buffer === buffer) this.#tenants.set(buffer, data);
      }
    }
  }

  /** Whether the content lies in that memory. */
  has(dataId: object, place: Float32Array): boolean {
    return this.#store.get(dataId).buffer === this.#adopt(place);
  }

  /** A float32 content that somebody has put there. What reads it is computed by the next `start`. */
  read(place: Float32Array, shape: readonly number[]): TensorInfo {
    return this.#store.adopt(this.#adopt(place), shape);
  }

  /** Blocks until everything that was started has ended. Its failures show in the data. */
  join(): void {
    this.#engine.queue.joinAll();
  }

  /** `join` with the event loop free. */
  wait(): Promise<void> {
    return this.#engine.queue.waitAll();
  }

  #vacate(place: GraphBuffer): void {
    const tenant = this.#tenants.get(place);
    this.#tenants.delete(place);
    if (tenant?.buffer !== place) return;
    if (tenant.run !== undefined) this.#engine.queue.join(tenant.run);
    const { runner } = this.#engine;
    const count = elementCount(tenant.shape);
    const values = runner.download(place, "float32", count);
    const buffer = runner.allocate(count * Float32Array.BYTES_PER_ELEMENT, "device");
    runner.upload(buffer, "float32", values);
    tenant.move(buffer);
  }
}

/** @returns undefined where the engine's device has memory of its own */
export function placedResults(engine: GraphEngine, store: DataStore): PlacedResults | undefined {
  const { runner } = engine;
  return runner.adopt === undefined ? undefined : new PlacedResults(engine, store, runner.adopt.bind(runner));
}
