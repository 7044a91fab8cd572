import type { GraphBuffer } from "./graph-buffer.js";

/** What a graph's input is read from. */
export interface BufferPiece {
  readonly buffer: GraphBuffer;
  readonly startBytes: number;
}
