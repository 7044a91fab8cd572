import type { GraphBuffer } from "../contract/graph-runner.js";
import type { LazyData } from "./lazy-data.js";
import type { LazyNode } from "./lazy-node.js";

/** Finds out what nobody needs any more: drops pending nodes and gives buffers back. */
export class Liveness {
  readonly #free: (buffer: GraphBuffer) => void;

  constructor(free: (buffer: GraphBuffer) => void) {
    this.#free = free;
  }

  /** To be called after `refs` or `users` of `data` went down. */
  release(data: LazyData): void {
    if (data.refs > 0 || data.users > 0) return;
    // A chain of recorded ops can be thousands of nodes long, so this is a loop and not a recursion.
    const queue: LazyData[] = [data];
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) this.#forget(item, queue);
  }

  /** Tells the node that one of its outputs is computed or not wanted any more. */
  finish(node: LazyNode): void {
    if (--node.waiting > 0) return;
    for (const input of node.inputs) {
      input.users--;
      this.release(input);
    }
  }

  #forget(data: LazyData, queue: LazyData[]): void {
    const { node, buffer } = data;
    data.node = undefined;
    data.buffer = undefined;
    data.pendingHandle = undefined;
    data.host = undefined;
    if (buffer !== undefined) this.#free(buffer);
    if (node === undefined || --node.waiting > 0) return;
    for (const input of node.inputs) {
      if (--input.users === 0 && input.refs === 0) queue.push(input);
    }
  }
}
