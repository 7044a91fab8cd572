import type { GraphBuilder, GraphValue } from "./graph-builder.js";

/** A window of neighbouring elements of a value, under a shape of its own. */
export interface Piece {
  /** The element at which it begins. */
  readonly start: number;
  readonly shape: readonly number[];
}

/**
 * A kernel as a graph of its own that reads its one float32 input piece by piece where it lies. ONNX has no views:
 * inside of a graph every piece would be a copy.
 */
export interface PiecesProgram {
  readonly kind: "pieces";
  readonly pieces: readonly Piece[];
  /** @param pieces float32, in their order */
  readonly lower: (graph: GraphBuilder, pieces: readonly GraphValue[]) => GraphValue;
}
