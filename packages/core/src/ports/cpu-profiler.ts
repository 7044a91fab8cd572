/** A function on the call tree of a profile. */
export interface CpuProfileNode {
  readonly id: number;
  readonly callFrame: {
    /** Empty for functions without a name. */
    readonly functionName: string;
    readonly url: string;
    /** Counted from 0. */
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly children?: readonly number[] | undefined;
}

/** What was on the stack, sample by sample: the format of `.cpuprofile` files. */
export interface CpuProfile {
  readonly nodes: readonly CpuProfileNode[];
  /** Microseconds. */
  readonly startTime: number;
  readonly endTime: number;
  /** Ids of nodes. */
  readonly samples?: readonly number[] | undefined;
  /** Microseconds between samples. */
  readonly timeDeltas?: readonly number[] | undefined;
}

/** Looks many times a second at what the program is doing. */
export interface CpuProfiler {
  start(): Promise<void>;
  stop(): Promise<CpuProfile>;
}
