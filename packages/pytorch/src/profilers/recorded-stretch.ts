import type { EngineRun } from "@lightning-ts/core";
import type { StepPart } from "./step-part.js";

/** Something that the program did, from its beginning to its end. */
export interface RecordedSpan {
  readonly action: string;
  /** Absent for a region of the user's own. */
  readonly part: StepPart | undefined;
  readonly startMs: number;
  readonly endMs: number;
}

/** Steps that were recorded without a gap; all times are on one clock. */
export interface RecordedStretch {
  readonly startMs: number;
  readonly endMs: number;
  readonly spans: readonly RecordedSpan[];
  /** What the engine ran, in its order. */
  readonly runs: readonly EngineRun[];
}
