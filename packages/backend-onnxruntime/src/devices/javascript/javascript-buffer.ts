import type { GraphBuffer } from "../../contract/graph-buffer.js";
import type { Poolable } from "../../session/buffer-pool.js";

/** Memory of the JavaScript heap, from which each run reads and into which its results are copied. */
export class JavaScriptBuffer implements GraphBuffer, Poolable {
  lastRun = 0;
  isFree = false;

  constructor(
    readonly memory: ArrayBuffer,
    public sizeBytes: number,
  ) {}

  get capacityBytes(): number {
    return this.memory.byteLength;
  }
}
