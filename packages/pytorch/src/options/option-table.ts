import type { UncheckedConnectOptions } from "@lightning-ts/fabric";
import type { OptionDefinition } from "./option-definition.js";
import {
  batchLimit,
  callbacks,
  checkedOnConnecting,
  countOrAll,
  dryRun,
  duration,
  everyNth,
  flag,
  folder,
  interval,
  loggers,
  oneOf,
  ports,
  positiveNumber,
  profilers,
  wholeNumber,
} from "./option-kinds.js";
import type { LightningOnlyOptions } from "./lightning-options.js";
import type { TrainerOptions } from "./trainer-options.js";

type PartOption = keyof UncheckedConnectOptions | "logger" | "callbacks";
type PlanOption = Exclude<keyof TrainerOptions, PartOption | keyof LightningOnlyOptions>;
type TableOf<TName extends keyof TrainerOptions> = {
  readonly [TKey in TName]: OptionDefinition<NonNullable<TrainerOptions[TKey]>>;
};

/** How long `fit` goes on where nothing limits it. */
export const DEFAULT_MAX_EPOCHS = 1000;

/** Options that name what a Trainer is put together from. */
export const PART_OPTIONS = {
  accelerator: {
    kind: checkedOnConnecting(
      '"auto", "cpu", "gpu", "cuda", "webgpu", "mps", a backend ("onnxruntime", "tensorflow", "wasm"), or an Accelerator',
    ),
    default: "auto",
    help: "What computes: a real GPU where there is one, else the processor. The name of a backend stands for the processor with that backend.",
  },
  strategy: {
    kind: checkedOnConnecting('"auto", "single_device", "ddp", or a Strategy'),
    default: "auto",
    help: "How a run is spread over devices: `single_device` for one, `ddp` for several, with a process for each.",
  },
  devices: {
    kind: checkedOnConnecting('"auto", or how many'),
    default: "auto",
    help: "How many devices of each machine to use.",
  },
  numNodes: {
    kind: checkedOnConnecting("a whole number of at least 1"),
    default: 1,
    help: "How many machines take part.",
  },
  precision: {
    kind: checkedOnConnecting('"32-true", "16-mixed", "bf16-mixed", "16-true", "bf16-true", or a Precision'),
    default: "32-true",
    help: 'Number format of parameters and computation. Lightning\'s short forms (`32`, `"bf16"`, …) are accepted too.',
  },
  plugins: {
    kind: checkedOnConnecting("a Precision, CheckpointStore, ClusterEnvironment or Collective, or a list of them"),
    unset: "none",
    help: "Parts that replace the default ones; at most one of each kind.",
    isCodeOnly: true,
  },
  ports: {
    kind: ports,
    unset: "the platform's",
    help: "How a run reaches the world outside; what is not given stays the platform's.",
    isCodeOnly: true,
  },
  logger: {
    kind: loggers,
    default: true,
    help: "Where metrics go: `true` is a CSV logger in `defaultRootDir`, `false` nowhere.",
  },
  callbacks: {
    kind: callbacks,
    unset: "those that other options ask for",
    help: "Objects with hooks of their own, which are called in this order; those that write checkpoints come last.",
    isCodeOnly: true,
  },
} satisfies TableOf<PartOption>;

/** Options that say what a Trainer does. All of them are in its plan. */
export const PLAN_OPTIONS = {
  fastDevRun: {
    kind: dryRun,
    default: false,
    help: "Runs one batch (or as many as given) of everything to see whether the code works, with a logger that does nothing and without checkpoints.",
  },
  maxEpochs: {
    kind: wholeNumber(-1),
    unset: `${DEFAULT_MAX_EPOCHS}; no limit where \`maxSteps\`, \`maxTime\` or a \`Timer\` is given`,
    help: "Stop after this many epochs; `-1` for no limit.",
  },
  minEpochs: {
    kind: wholeNumber(0),
    unset: "0; 1 where `minSteps` is given",
    help: "A hook's wish to stop waits until this many epochs are done.",
  },
  maxSteps: { kind: wholeNumber(-1), default: -1, help: "Stop after this many optimizer steps; `-1` for no limit." },
  minSteps: {
    kind: wholeNumber(0),
    default: 0,
    help: "A hook's wish to stop waits until this many optimizer steps are done.",
  },
  maxTime: { kind: duration, unset: "no limit", help: "Stop after this time, over all resumed runs." },
  limitTrainBatches: { kind: batchLimit, default: "100%", help: "How much of the training data an epoch uses." },
  limitValBatches: {
    kind: batchLimit,
    default: "100%",
    help: "How much of the validation data a validation uses (of each loader); `0` for no validation.",
  },
  limitTestBatches: {
    kind: batchLimit,
    default: "100%",
    help: "How much of the test data `test` uses (of each loader).",
  },
  limitPredictBatches: {
    kind: batchLimit,
    default: "100%",
    help: "How much of the data `predict` uses (of each loader).",
  },
  overfitBatches: {
    kind: batchLimit,
    default: 0,
    help: "Trains and validates on this much data, in order, to see whether the model can learn it by heart.",
  },
  valCheckInterval: {
    kind: interval,
    default: "100%",
    help: "Validate every so many batches (whole number), after each such part of an epoch (fraction or percentage), or after a time.",
  },
  checkValEveryNEpoch: {
    kind: everyNth,
    default: 1,
    help: "Validate in every n-th epoch; `false` counts `valCheckInterval` in batches across epochs.",
  },
  numSanityValSteps: {
    kind: countOrAll,
    default: 2,
    help: "Validation batches (of each loader) to run before training; `-1` for all.",
  },
  logEveryNSteps: {
    kind: wholeNumber(0),
    default: 50,
    help: "How often training metrics go to the loggers, in optimizer steps; `0` for never.",
  },
  logEveryNEvalSteps: {
    kind: wholeNumber(0),
    default: 1,
    help: "How often evaluation metrics of single batches go to the loggers, in batches; `0` for never.",
  },
  enableCheckpointing: {
    kind: flag,
    default: true,
    help: "Adds a `ModelCheckpoint` that keeps the newest epoch, unless `callbacks` has one that writes checkpoints.",
  },
  enableProgressBar: { kind: flag, default: true, help: "Adds a `ProgressBar`, unless `callbacks` has one." },
  enableModelSummary: {
    kind: flag,
    default: true,
    help: "Adds a `ModelSummary`, a table of the module's layers and parameters, unless `callbacks` has one.",
  },
  accumulateGradBatches: {
    kind: wholeNumber(1),
    default: 1,
    help: "Optimizer step once for so many batches; the loss is divided by it.",
  },
  gradientClipVal: {
    kind: positiveNumber,
    unset: "no clipping",
    help: "Clip gradients before each optimizer step, to this norm or value; `0` for no clipping.",
  },
  gradientClipAlgorithm: {
    kind: oneOf("norm", "value"),
    default: "norm",
    help: "Scale all gradients together by their norm, or cut each number off.",
  },
  detectAnomaly: {
    kind: flag,
    default: false,
    help: "Checks after every step that loss and gradients are finite; slow.",
  },
  syncBatchnorm: {
    kind: flag,
    default: false,
    help: "Batch norms of the module are `SyncBatchNorm` during `fit`: statistics of all ranks' batches.",
  },
  terminateOnNan: {
    kind: flag,
    default: false,
    help: "Ends the run with an error at the first loss or monitored metric that is NaN or infinite; reads the loss of every step.",
  },
  profiler: {
    kind: profilers,
    unset: "none",
    help: 'Tells where the time goes at the end of each run: a table of actions and of the parts of a step (`"simple"`), of JavaScript functions as V8 sees them (`"advanced"`), or of what the engine computes, by layer and operation, with a trace that Perfetto opens (`"engine"`).',
  },
  barebones: {
    kind: flag,
    default: false,
    help: "Nothing but the loop, to measure its cost: no logger, checkpoints, bar, summary, sanity check.",
  },
  reloadDataloadersEveryNEpochs: {
    kind: wholeNumber(0),
    default: 0,
    help: "Ask for the training (and validation) loader again after so many epochs; `0` for never.",
  },
  defaultRootDir: {
    kind: folder,
    unset: "the working directory",
    help: "Where checkpoints and logs go unless they say otherwise.",
  },
  enableAutologHparams: { kind: flag, default: true, help: "Send hyperparameters to the loggers when a run starts." },
  useDistributedSampler: {
    kind: flag,
    default: true,
    help: "With several processes, replaces samplers, so that each process gets its part of the data.",
  },
  onInterrupt: {
    kind: oneOf("return", "throw", "exit"),
    default: "return",
    help: 'What Ctrl-C, SIGTERM and an aborted signal do when the run is closed: return a result with `status: "interrupted"`, throw, or end the process. An aborted signal never ends the process.',
  },
  onSaveError: {
    kind: oneOf("raise", "warn"),
    default: "raise",
    help: "What happens when ModelCheckpoint cannot write: the run fails, or it says so and goes on with the last good files.",
  },
  schedulerFrequencyUnit: {
    kind: oneOf("optimizerSteps", "batches"),
    default: "optimizerSteps",
    help: 'How `interval: "step"` schedulers count `frequency`: in optimizer steps across epochs, or, as Lightning, in batches of the epoch.',
  },
} satisfies TableOf<PlanOption>;

/**
 * Every option of `new Trainer()`: which values it takes, its default and what it does. Rules, plan, environment
 * variables, doc comments and `docs/guides/trainer-options.md` come from here; types are in `TrainerOptions`.
 */
export const TRAINER_OPTIONS: TableOf<PartOption | PlanOption> = { ...PART_OPTIONS, ...PLAN_OPTIONS };
