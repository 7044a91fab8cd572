import type { TrainerOptions } from "./trainer-options.js";

/** Options that Lightning renamed, from its first versions on. */
export const RENAMED_OPTIONS = {
  gpus: "devices",
  tpuCores: "devices",
  ipus: "devices",
  numProcesses: "devices",
  autoSelectGpus: "devices",
  nbGpuNodes: "numNodes",
  distributedBackend: "strategy",
  ampBackend: "precision",
  ampLevel: "precision",
  replaceSamplerDdp: "useDistributedSampler",
  maxNbEpochs: "maxEpochs",
  minNbEpochs: "minEpochs",
  trainPercentCheck: "limitTrainBatches",
  valPercentCheck: "limitValBatches",
  testPercentCheck: "limitTestBatches",
  overfitPct: "overfitBatches",
  nbSanityValSteps: "numSanityValSteps",
  rowLogInterval: "logEveryNSteps",
  reloadDataloadersEveryEpoch: "reloadDataloadersEveryNEpochs",
  defaultSavePath: "defaultRootDir",
} satisfies Readonly<Record<string, keyof TrainerOptions>>;

/** Options that Lightning took away, and what stands in for them. */
export const REMOVED_OPTIONS: Readonly<Record<string, string>> = {
  resumeFromCheckpoint: "pass the path to fit: trainer.fit(model, { ckptPath })",
  checkpointCallback: "use enableCheckpointing, or put a ModelCheckpoint into callbacks",
  earlyStopCallback: "put an EarlyStopping into callbacks",
  progressBarRefreshRate: "put new ProgressBar({ refreshMs }) into callbacks, or use enableProgressBar",
  weightsSummary: "put new ModelSummary({ maxDepth }) into callbacks, or use enableModelSummary",
  weightsSavePath: "use dirpath of a ModelCheckpoint, or defaultRootDir",
  flushLogsEveryNSteps: "it belongs to the logger: new CSVLogger({ flushLogsEveryNSteps })",
  multipleTrainloaderMode: "it belongs to the loaders: new CombinedLoader(loaders, mode)",
  trackGradNorm: "log the norm in onBeforeOptimizerStep",
  autoLrFind: "Lightning moved it to its Tuner, which this version does not have",
  autoScaleBatchSize: "Lightning moved it to its Tuner, which this version does not have",
  moveMetricsToCpu: "leave it out: metrics are summed on the processor",
};
