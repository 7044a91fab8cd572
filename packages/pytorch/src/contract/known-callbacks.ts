import type { Callback } from "./callback.js";

/** What a Trainer shows of its `ModelCheckpoint`: which files it wrote, and which of them are the best. */
export interface CheckpointCallback extends Callback {
  /** Metric that decides which files are best; without one it is the newest. */
  readonly monitor: string | undefined;
  /** Folder of the files; known once a run has begun. */
  readonly dirpath: string | undefined;
  /** `""` until a file was written. */
  readonly bestModelPath: string;
  readonly bestModelScore: number | undefined;
  /** `""` until a file was written. */
  readonly lastModelPath: string;
  readonly currentScore: number | undefined;
  /** Paths of the best files, with their scores. */
  readonly bestKModels: Readonly<Record<string, number>>;
  /** The worst of the best: the first to go. `""` where there is none. */
  readonly kthBestModelPath: string;
  readonly kthValue: number | undefined;
}

/** Why `EarlyStopping` stopped a training, or that it did not. */
export type StoppingReason =
  | "notStopped"
  | "stoppingThreshold"
  | "divergenceThreshold"
  | "patienceExhausted"
  | "nonFiniteMetric";

/** What a Trainer shows of its `EarlyStopping`: how its metric does, and whether it stopped the training. */
export interface EarlyStoppingCallback extends Callback {
  readonly monitor: string;
  readonly mode: "min" | "max";
  /** Checks without improvement that it waits for. */
  readonly patience: number;
  /** Checks without improvement so far. */
  readonly waitCount: number;
  /** Epoch in which training stopped; 0 when it did not. */
  readonly stoppedEpoch: number;
  readonly bestScore: number;
  readonly stoppingReason: StoppingReason;
  readonly stoppingReasonMessage: string;
}

/** What a Trainer shows of its `ProgressBar`: that it is there, and can be silent. */
export interface ProgressBarCallback extends Callback {
  /** Whether it shows anything. */
  readonly isEnabled: boolean;
  enable(): void;
  disable(): void;
}
