import type { Logger, UncheckedConnectOptions } from "@lightning-ts/fabric";
import type { Callback } from "../contract/callback.js";
import type { BatchLimit } from "../words/batch-limit.js";
import type { Duration } from "../words/duration.js";
import type { ProfilerName } from "../profilers/named-profilers.js";
import type { Profiler } from "../profilers/profiler.js";
import type { LightningOnlyOptions } from "./lightning-options.js";

/**
 * Options of `new Trainer()`. What is not given here can come from an environment variable: `maxEpochs` from
 * `PL_TRAINER_MAX_EPOCHS`.
 */
// Only the types are written here: `pnpm docs:options` takes the comments from `option-table.ts`.
export interface TrainerOptions extends LightningOnlyOptions {
  /**
   * What computes: a real GPU where there is one, else the processor. The name of a backend stands for the processor
   * with that backend.
   * @default "auto"
   */
  readonly accelerator?: UncheckedConnectOptions["accelerator"];
  /**
   * How a run is spread over devices: `single_device` for one, `ddp` for several, with a process for each.
   * @default "auto"
   */
  readonly strategy?: UncheckedConnectOptions["strategy"];
  /** How many devices of each machine to use. @default "auto" */
  readonly devices?: UncheckedConnectOptions["devices"];
  /** How many machines take part. @default 1 */
  readonly numNodes?: UncheckedConnectOptions["numNodes"];
  /**
   * Number format of parameters and computation. Lightning's short forms (`32`, `"bf16"`, …) are accepted too.
   * @default "32-true"
   */
  readonly precision?: UncheckedConnectOptions["precision"];
  /** Parts that replace the default ones; at most one of each kind. @default none */
  readonly plugins?: UncheckedConnectOptions["plugins"];
  /** How a run reaches the world outside; what is not given stays the platform's. @default the platform's */
  readonly ports?: UncheckedConnectOptions["ports"];
  /** Where metrics go: `true` is a CSV logger in `defaultRootDir`, `false` nowhere. @default true */
  readonly logger?: boolean | Logger | readonly Logger[] | undefined;
  /**
   * Objects with hooks of their own, which are called in this order; those that write checkpoints come last.
   * @default those that other options ask for
   */
  readonly callbacks?: Callback | readonly Callback[] | undefined;
  /**
   * Runs one batch (or as many as given) of everything to see whether the code works, with a logger that does nothing
   * and without checkpoints.
   * @default false
   */
  readonly fastDevRun?: boolean | number | undefined;
  /**
   * Stop after this many epochs; `-1` for no limit.
   * @default 1000; no limit where `maxSteps`, `maxTime` or a `Timer` is given
   */
  readonly maxEpochs?: number | undefined;
  /** A hook's wish to stop waits until this many epochs are done. @default 0; 1 where `minSteps` is given */
  readonly minEpochs?: number | undefined;
  /** Stop after this many optimizer steps; `-1` for no limit. @default -1 */
  readonly maxSteps?: number | undefined;
  /** A hook's wish to stop waits until this many optimizer steps are done. @default 0 */
  readonly minSteps?: number | undefined;
  /** Stop after this time, over all resumed runs. @default no limit */
  readonly maxTime?: Duration | undefined;
  /** How much of the training data an epoch uses. @default "100%" */
  readonly limitTrainBatches?: BatchLimit | undefined;
  /** How much of the validation data a validation uses (of each loader); `0` for no validation. @default "100%" */
  readonly limitValBatches?: BatchLimit | undefined;
  /** How much of the test data `test` uses (of each loader). @default "100%" */
  readonly limitTestBatches?: BatchLimit | undefined;
  /** How much of the data `predict` uses (of each loader). @default "100%" */
  readonly limitPredictBatches?: BatchLimit | undefined;
  /** Trains and validates on this much data, in order, to see whether the model can learn it by heart. @default 0 */
  readonly overfitBatches?: BatchLimit | undefined;
  /**
   * Validate every so many batches (whole number), after each such part of an epoch (fraction or percentage), or after
   * a time.
   * @default "100%"
   */
  readonly valCheckInterval?: number | string | Exclude<Duration, number | string> | undefined;
  /** Validate in every n-th epoch; `false` counts `valCheckInterval` in batches across epochs. @default 1 */
  readonly checkValEveryNEpoch?: number | false | undefined;
  /** Validation batches (of each loader) to run before training; `-1` for all. @default 2 */
  readonly numSanityValSteps?: number | undefined;
  /** How often training metrics go to the loggers, in optimizer steps; `0` for never. @default 50 */
  readonly logEveryNSteps?: number | undefined;
  /** How often evaluation metrics of single batches go to the loggers, in batches; `0` for never. @default 1 */
  readonly logEveryNEvalSteps?: number | undefined;
  /**
   * Adds a `ModelCheckpoint` that keeps the newest epoch, unless `callbacks` has one that writes checkpoints.
   * @default true
   */
  readonly enableCheckpointing?: boolean | undefined;
  /** Adds a `ProgressBar`, unless `callbacks` has one. @default true */
  readonly enableProgressBar?: boolean | undefined;
  /** Adds a `ModelSummary`, a table of the module's layers and parameters, unless `callbacks` has one. @default true */
  readonly enableModelSummary?: boolean | undefined;
  /** Optimizer step once for so many batches; the loss is divided by it. @default 1 */
  readonly accumulateGradBatches?: number | undefined;
  /** Clip gradients before each optimizer step, to this norm or value; `0` for no clipping. @default no clipping */
  readonly gradientClipVal?: number | undefined;
  /** Scale all gradients together by their norm, or cut each number off. @default "norm" */
  readonly gradientClipAlgorithm?: "norm" | "value" | undefined;
  /** Checks after every step that loss and gradients are finite; slow. @default false */
  readonly detectAnomaly?: boolean | undefined;
  /** Batch norms of the module are `SyncBatchNorm` during `fit`: statistics of all ranks' batches. @default false */
  readonly syncBatchnorm?: boolean | undefined;
  /**
   * Ends the run with an error at the first loss or monitored metric that is NaN or infinite; reads the loss of every
   * step.
   * @default false
   */
  readonly terminateOnNan?: boolean | undefined;
  /**
   * Tells where the time goes at the end of each run: a table of actions and of the parts of a step (`"simple"`), of
   * JavaScript functions as V8 sees them (`"advanced"`), or of what the engine computes, by layer and operation, with a
   * trace that Perfetto opens (`"engine"`).
   * @default none
   */
  readonly profiler?: ProfilerName | Profiler | undefined;
  /** Nothing but the loop, to measure its cost: no logger, checkpoints, bar, summary, sanity check. @default false */
  readonly barebones?: boolean | undefined;
  /** Ask for the training (and validation) loader again after so many epochs; `0` for never. @default 0 */
  readonly reloadDataloadersEveryNEpochs?: number | undefined;
  /** Where checkpoints and logs go unless they say otherwise. @default the working directory */
  readonly defaultRootDir?: string | undefined;
  /** Send hyperparameters to the loggers when a run starts. @default true */
  readonly enableAutologHparams?: boolean | undefined;
  /** With several processes, replaces samplers, so that each process gets its part of the data. @default true */
  readonly useDistributedSampler?: boolean | undefined;
  /**
   * What Ctrl-C, SIGTERM and an aborted signal do when the run is closed: return a result with `status: "interrupted"`,
   * throw, or end the process. An aborted signal never ends the process.
   * @default "return"
   */
  readonly onInterrupt?: "return" | "throw" | "exit" | undefined;
  /**
   * What happens when ModelCheckpoint cannot write: the run fails, or it says so and goes on with the last good files.
   * @default "raise"
   */
  readonly onSaveError?: "raise" | "warn" | undefined;
  /**
   * How `interval: "step"` schedulers count `frequency`: in optimizer steps across epochs, or, as Lightning, in batches
   * of the epoch.
   * @default "optimizerSteps"
   */
  readonly schedulerFrequencyUnit?: "optimizerSteps" | "batches" | undefined;
}
