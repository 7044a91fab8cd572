import type { GraphBuffer } from "../contract/graph-buffer.js";
import { DataState, type LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** Finds out what nobody needs any more: drops pending nodes and gives buffers back. */
export class Liveness {
  readonly #free: (buffer: GraphBuffer) => void;

  constructor(free: (buffer: GraphBuffer) => void) {
    this.#free = free;
  }

  /** To be called after `refs`, `users` or `holds` of `data` went down. */
  release(data: LazyData): void {
    if (data.isNeeded) return;
    // A chain of recorded ops can be thousands of nodes long, so this is a loop and not a recursion.
    const queue: LazyData[] = [data];
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) this.#forget(item, queue);
  }

  /** Tells the node that one of its outputs is computed, has failed or is not wanted any more. */
  finish(node: LazyNode): void {
    if (--node.waiting > 0) return;
    for (const input of node.inputs) {
      input.users--;
      this.release(input);
    }
  }

  /** Gives the content of a failed run back: it is garbage. */
  discard(data: LazyData): void {
    const buffer = data.release();
    if (buffer !== undefined) this.#free(buffer);
  }

  #forget(data: LazyData, queue: LazyData[]): void {
    if (data.state === DataState.Gone) return;
    const { node } = data;
    const buffer = data.release();
    data.youngHandle = undefined;
    if (buffer !== undefined) this.#free(buffer);
    if (node === undefined || --node.waiting > 0) return;
    for (const input of node.inputs) {
      input.users--;
      if (!input.isNeeded) queue.push(input);
    }
  }
}
