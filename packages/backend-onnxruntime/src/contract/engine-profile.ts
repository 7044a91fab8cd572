/** What a kernel was recorded for, in the words of whoever records it; handed back as it is. */
export type OperationOrigin = Readonly<Record<string, string>>;

/** One call of a kernel. */
export interface EngineOperation {
  /** The tfjs kernel's name, e.g. `"lit.Linear"`. */
  readonly kernel: string;
  /** With its inputs: `lit.Linear(float32[64,784], float32[10,784])`. */
  readonly description: string;
  readonly origin: OperationOrigin;
}

/** A node of a graph that was run, or the whole of a program. Times are milliseconds of `performance.now()`. */
export interface EngineNode {
  /** As in the graph; begins with the operation, `@` and its position among those of the run. */
  readonly name: string;
  /** Its ONNX operator, e.g. `"MatMul"`; `"program"` for a program. */
  readonly type: string;
  readonly startMs: number;
  readonly durationMs: number;
  /** Absent for what ONNX Runtime added by itself. */
  readonly operation?: EngineOperation | undefined;
  /** Runs within the node before it, as the body of a `Scan` does: that one's time includes its own. */
  readonly isInner: boolean;
}

/** What the engine ran at once: a graph, or a program beside graphs. */
export interface EngineRun {
  readonly kind: "graph" | "program";
  readonly startMs: number;
  readonly durationMs: number;
  /** In the order in which they began. Empty where ONNX Runtime noted none. */
  readonly nodes: readonly EngineNode[];
}

/** What ran between the start and the stop of a profile, in its order. */
export interface EngineProfile {
  /** When the profile was started, on the clock of its runs. */
  readonly startMs: number;
  readonly runs: readonly EngineRun[];
}

/** A profile that is being taken. */
export interface ProfileInProgress {
  /** What was recorded so far runs, and is not told: it was for warming up. */
  drop(): void;
  /** Runs what was recorded, and ends the profile. A second call gives the same. */
  stop(): EngineProfile;
}
