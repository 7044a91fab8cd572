import type { Dataset } from "@lightning-ts/core";

/** Milliseconds that an item takes, as decoding a small picture does. */
export const ITEM_MS = 2;

/** Items that keep a processor busy. */
export class BusyItems implements Dataset<Float32Array> {
  readonly workerSource;

  constructor(readonly length: number) {
    this.workerSource = { module: import.meta.url, name: "BusyItems", args: [length] };
  }

  get(index: number): Float32Array {
    const end = performance.now() + ITEM_MS;
    while (performance.now() < end);
    return new Float32Array(3 * 32 * 32).fill(index);
  }
}
