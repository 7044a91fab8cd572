/** What `fit` did. */
export interface FitResult {
  readonly status: "finished" | "interrupted";
  /** Why it ended, in words. */
  readonly reason: string;
  /** The latest values of what was logged. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly epochs: number;
  /** Optimizer steps. */
  readonly steps: number;
  /** Undefined when no checkpoint was written. */
  readonly bestModelPath: string | undefined;
  readonly lastModelPath: string | undefined;
  readonly logDir: string | undefined;
}
