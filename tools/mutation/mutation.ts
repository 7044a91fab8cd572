/** One small change of a source file. */
export interface Mutation {
  /** The kind of change, as Stryker calls it where it has the same. */
  readonly mutator: string;
  readonly start: number;
  readonly end: number;
  /** What stands between `start` and `end` instead. */
  readonly replacement: string;
}

/** A mutation that the instrumented file can switch on. */
export interface Mutant extends Mutation {
  readonly id: number;
  /** Names it in every run. */
  readonly key: string;
  readonly path: string;
  readonly line: number;
  /** The text between `start` and `end`. */
  readonly original: string;
  /** The whole first line, trimmed: what identifies a survivor when lines move. */
  readonly lineText: string;
}
