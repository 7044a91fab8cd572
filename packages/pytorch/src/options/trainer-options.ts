import type { Logger, UncheckedConnectOptions } from "@lightning-ts/fabric";
import type { Callback } from "../contract/callback.js";
import type { BatchLimit } from "../words/batch-limit.js";
import type { Duration } from "../words/duration.js";

/**
 * Options of `new Trainer()`. Each can also be given by an environment variable: `maxEpochs` by
 * `PL_TRAINER_MAX_EPOCHS`.
 */
export interface TrainerOptions extends Pick<
  UncheckedConnectOptions,
  "accelerator" | "strategy" | "devices" | "numNodes" | "precision" | "plugins" | "ports"
> {
  /** @default true: a CSV logger in `defaultRootDir`. `false` for none */
  readonly logger?: boolean | Logger | readonly Logger[] | undefined;
  readonly callbacks?: Callback | readonly Callback[] | undefined;
  /**
   * Runs one batch (or as many as given) of everything, without logger and checkpoints, to see whether the code works.
   * @default false
   */
  readonly fastDevRun?: boolean | number | undefined;
  /**
   * Stop after this many epochs; `-1` for no limit. @default 1000 when `maxSteps` and `maxTime` are not given either
   */
  readonly maxEpochs?: number | undefined;
  /** No early stop before this many epochs. */
  readonly minEpochs?: number | undefined;
  /** Stop after this many optimizer steps; `-1` for no limit. @default -1 */
  readonly maxSteps?: number | undefined;
  readonly minSteps?: number | undefined;
  readonly maxTime?: Duration | undefined;
  readonly limitTrainBatches?: BatchLimit | undefined;
  readonly limitValBatches?: BatchLimit | undefined;
  readonly limitTestBatches?: BatchLimit | undefined;
  readonly limitPredictBatches?: BatchLimit | undefined;
  /** Trains and validates on this much data, in order, to see whether the model can learn it by heart. @default 0 */
  readonly overfitBatches?: BatchLimit | undefined;
  /**
   * Validate every so many batches (whole number), after each such part of an epoch (fraction or percentage), or after
   * a time (`"00:00:10:00"`, parts). @default "100%"
   */
  readonly valCheckInterval?: number | string | Exclude<Duration, number | string> | undefined;
  /** Validate in every n-th epoch; `false` counts `valCheckInterval` in batches across epochs. @default 1 */
  readonly checkValEveryNEpoch?: number | false | undefined;
  /** Validation batches (of each loader) to run before training; `-1` for all. @default 2 */
  readonly numSanityValSteps?: number | undefined;
  /** How often training metrics go to the loggers, in optimizer steps; `0` for never. @default 50 */
  readonly logEveryNSteps?: number | undefined;
  /** How often evaluation metrics of single batches go to the loggers, in batches. @default 1 */
  readonly logEveryNEvalSteps?: number | undefined;
  /** @default true: a `ModelCheckpoint` that keeps the newest epoch */
  readonly enableCheckpointing?: boolean | undefined;
  readonly enableProgressBar?: boolean | undefined;
  readonly enableModelSummary?: boolean | undefined;
  /** Optimizer step once for so many batches; the loss is divided by it. @default 1 */
  readonly accumulateGradBatches?: number | undefined;
  readonly gradientClipVal?: number | undefined;
  /** @default "norm" */
  readonly gradientClipAlgorithm?: "norm" | "value" | undefined;
  /** Checks after every step that loss and gradients are finite; slow. @default false */
  readonly detectAnomaly?: boolean | undefined;
  /** Nothing but the loop, to measure its cost: no logger, checkpoints, bar, summary, sanity check. @default false */
  readonly barebones?: boolean | undefined;
  /** Ask for the training (and validation) loader again after so many epochs; `0` for never. @default 0 */
  readonly reloadDataloadersEveryNEpochs?: number | undefined;
  /** Where checkpoints and logs go unless they say otherwise. @default the working directory */
  readonly defaultRootDir?: string | undefined;
  /** Send hyperparameters to the loggers when a run starts. @default true */
  readonly enableAutologHparams?: boolean | undefined;
  readonly useDistributedSampler?: boolean | undefined;
  /** What Ctrl-C and an aborted signal do: return a result with `status: "interrupted"`, or throw. @default "return" */
  readonly onInterrupt?: "return" | "throw" | undefined;
  /**
   * How `interval: "step"` schedulers count `frequency`: in optimizer steps across epochs, or, as Lightning, in batches
   * of the epoch. @default "optimizerSteps"
   */
  readonly schedulerFrequencyUnit?: "optimizerSteps" | "batches" | undefined;
}
