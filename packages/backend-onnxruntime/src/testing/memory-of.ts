import type { GraphBuffer } from "../contract/graph-buffer.js";

/** The memory behind a buffer of a runner whose device is the CPU: tests look into it as no other code may. */
export function memoryOf(buffer: GraphBuffer | undefined): ArrayBuffer {
  if (buffer !== undefined && "memory" in buffer && buffer.memory instanceof ArrayBuffer) return buffer.memory;
  throw new TypeError("This buffer's memory cannot be seen from the host.");
}
