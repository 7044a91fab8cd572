import type { GraphBuffer } from "./graph-buffer.js";

/**
 * Adds rows of float32 updates into a table that begins with zeros, outside of ONNX graphs.
 * Every element of the table is the sum of its updates in their order (of each part's first, where the plan has parts),
 * computed in float64 and rounded once: neither the number of threads nor the way in which they share the work can
 * change a bit of it.
 */
export interface ScatterProgram {
  readonly kind: "scatter";
  /** Programs with the same key have the same module. */
  readonly key: string;
  /**
   * WebAssembly with SIMD that imports `env.memory` and exports `sum`, `scatter` and `round`, as
   * `programs/scatter-module.ts` says.
   */
  readonly module: Uint8Array<ArrayBuffer>;
  readonly layout: ScatterLayout;
  readonly task: ScatterTask;
  readonly plan: ScatterPlan;
}

/** Places in the module's memory, in bytes. */
export interface ScatterLayout {
  /** How many pages of 64 KiB the memory has. */
  readonly pages: number;
  /** Rounded sums of a row. */
  readonly results: number;
  readonly resultBytes: number;
  /** Row numbers of updates. */
  readonly indices: number;
  readonly indexBytes: number;
  /** A chunk of updates. */
  readonly updates: number;
  readonly updateBytes: number;
  /** float64 sums of many rows. */
  readonly table: number;
  readonly tableBytes: number;
}

export interface ScatterTask {
  /** Updates, and the columns that each has. */
  readonly count: number;
  readonly width: number;
  /** Extents of what an index addresses, an int32 for each; their product is the number of the table's rows. */
  readonly extents: readonly number[];
  /** Updates whose index is outside of the table fail the run, or count nowhere. */
  readonly outside: "fails" | "skipped";
  /** Updates of this row count nowhere. @default -1: there is none */
  readonly skippedRow: number;
}

export interface ScatterPlan {
  /**
   * Updates are not sorted by row but streamed through the memory, once for every range of rows whose sums fit into it.
   */
  readonly isStreamed: boolean;
  /** Ranges of updates that are summed by themselves; their sums are then added, the first range first. */
  readonly parts: number;
}

/** Reads updates [count, width] and indices [count, extents.length]; overwrites the table [rows, width]. */
export interface ScatterRequest {
  readonly program: ScatterProgram;
  readonly updates: GraphBuffer;
  readonly indices: GraphBuffer;
  readonly table: GraphBuffer;
}
