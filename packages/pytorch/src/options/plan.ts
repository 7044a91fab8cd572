import type { ResolvedLimit } from "../words/batch-limit.js";
import type { Stage } from "../words/stages.js";

/** When validation runs inside an epoch. */
export type ValidationInterval =
  | { readonly kind: "batches"; readonly count: number }
  | { readonly kind: "fraction"; readonly fraction: number }
  | { readonly kind: "time"; readonly ms: number };

export interface GradientClipping {
  readonly value: number;
  readonly algorithm: "norm" | "value";
}

/** What a Trainer was asked for, checked, with every default filled in. Frozen. */
export interface TrainerPlan {
  /** Batches of a dry run; 0 when it is a real one. */
  readonly fastDevRun: number;
  readonly maxEpochs: number | undefined;
  readonly minEpochs: number | undefined;
  readonly maxSteps: number;
  readonly minSteps: number | undefined;
  readonly maxTimeMs: number | undefined;
  readonly limits: Readonly<Record<"train" | Exclude<Stage, "fit">, ResolvedLimit>>;
  readonly isOverfitting: boolean;
  readonly validationInterval: ValidationInterval;
  /** `undefined`: batches are counted across epochs. */
  readonly checkValEveryNEpoch: number | undefined;
  /** `Infinity` for all. */
  readonly numSanityValSteps: number;
  readonly logEveryNSteps: number;
  readonly logEveryNEvalSteps: number;
  readonly enableCheckpointing: boolean;
  readonly enableProgressBar: boolean;
  readonly enableModelSummary: boolean;
  readonly enableLogger: boolean;
  readonly accumulateGradBatches: number;
  readonly gradientClipping: GradientClipping | undefined;
  readonly detectAnomaly: boolean;
  readonly barebones: boolean;
  readonly reloadDataloadersEveryNEpochs: number;
  readonly defaultRootDir: string | undefined;
  readonly enableAutologHparams: boolean;
  readonly useDistributedSampler: boolean;
  readonly onInterrupt: "return" | "throw";
  readonly schedulerFrequencyUnit: "optimizerSteps" | "batches";
  /** What the user should hear once, because it is easily meant differently. */
  readonly notes: readonly string[];
}
